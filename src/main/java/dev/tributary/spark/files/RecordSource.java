package dev.tributary.spark.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.files.Records;
import dev.tributary.job.BadRowRule;
import dev.tributary.spark.BadRowCount;
import dev.tributary.spark.BadRowsAccumulator;
import dev.tributary.spark.Range;
import dev.tributary.spark.SampleSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Files whose samples can be counted without reading them: each task reads a range of the numbers.
 */
public final class RecordSource implements SampleSource {
  private final RecordFormat format;
  private final boolean skip;
  private final BadRowCount bad;

  RecordSource(RecordFormat format, BadRowRule rule) {
    this.format = format;
    this.skip = rule.skip();
    this.bad = new BadRowCount(rule, format.describe());
  }

  @Override
  public Schema schema() {
    return format.schema();
  }

  @Override
  public long count() {
    return format.count();
  }

  /** Not where bad ones are passed over. */
  @Override
  public boolean countIsExact() {
    return !skip;
  }

  @Override
  public String describe() {
    return format.describe();
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    RecordFormat files = format;
    boolean skipsBad = skip;
    BadRowsAccumulator count = bad.begin(spark);
    return spark
        .parallelize(Range.cut(format.count(), slices), slices)
        .mapPartitions(
            ranges ->
                new Reading(files, ranges.next(), skipsBad, count).open(hadoop.value().value()));
  }

  @Override
  public void checkRead() {
    bad.check();
  }

  @Override
  public BadRows badRows() {
    return bad.found();
  }

  static DataException unreadable(String data, IOException e) {
    return new DataException("cannot read " + data + ": " + e.getMessage(), e);
  }

  /** One task's way through its range. */
  private static final class Reading {
    private final RecordFormat format;
    private final Range range;
    private final boolean skip;
    private final BadRowsAccumulator count;
    private final BadRows found = new BadRows();

    Reading(RecordFormat format, Range range, boolean skip, BadRowsAccumulator count) {
      this.format = format;
      this.range = range;
      this.skip = skip;
      this.count = count;
    }

    Iterator<Samples> open(Configuration hadoop) {
      if (range.count() == 0) {
        return List.<Samples>of().iterator();
      }
      try {
        Records records = format.open(range.from(), hadoop);
        TaskContext.get()
            .addTaskCompletionListener(
                (org.apache.spark.util.TaskCompletionListener) done -> close(records));
        return range.blocks(format.schema().bytes()).stream()
            .map(block -> read(records, block))
            .iterator();
      } catch (IOException e) {
        throw unreadable(format.describe(), e);
      }
    }

    private Samples read(Records records, Range block) {
      Samples samples = new Samples(format.schema(), (int) block.count());
      try {
        for (long i = block.from(); i < block.to(); i++) {
          found.countRead();
          try {
            records.next(samples);
          } catch (BadRowException e) {
            pass(records.file() + ": " + e.kind().words() + ": " + e.getMessage(), e);
          }
        }
        if (block.to() == format.count()) {
          records.checkEnd();
        }
        if (block.to() == range.to()) {
          count.add(new BadRowsAccumulator.Part(TaskContext.getPartitionId(), found));
        }
      } catch (IOException e) {
        throw unreadable(records.file(), e);
      }
      return samples.trim();
    }

    private void pass(String place, BadRowException e) {
      if (!skip) {
        throw new DataException(place + "; or pass over such samples with data.on_bad_row = skip");
      }
      found.add(e.kind(), place);
    }

    private static void close(Records records) {
      try {
        records.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
