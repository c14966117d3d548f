package dev.tributary.spark.pack;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.packed.PackedFile;
import dev.tributary.format.PackedDirectory;
import dev.tributary.format.PackedDirectory.ShardEntry;
import dev.tributary.job.Redaction;
import dev.tributary.spark.SampleSource;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * A packed directory as a source like any other, for a job whose division is another one, for parts
 * of it, and for predictions. Its samples come in the order of the shards.
 *
 * @param packed the directory
 * @param hadoop where its filesystem is
 */
public record PackedSource(PackedDirectory packed, Configuration hadoop) implements SampleSource {
  private static final int BLOCK = 4096;

  @Override
  public Schema schema() {
    return packed.schema();
  }

  @Override
  public long count() {
    return packed.count();
  }

  @Override
  public String describe() {
    return "packed data " + Redaction.ofAddresses(packed.directory());
  }

  /** Some samples of one file. */
  private record Piece(String file, ShardEntry entry, int shard, int from, int to)
      implements Serializable {}

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Broadcast<SerializableConfiguration> conf =
        spark.broadcast(new SerializableConfiguration(hadoop));
    List<ArrayList<Piece>> pieces = new ArrayList<>();
    for (int i = 0; i < slices; i++) {
      pieces.add(pieces(count() * i / slices, count() * (i + 1) / slices));
    }
    return spark.parallelize(pieces, slices).flatMap(own -> read(own, conf));
  }

  /** The pieces of files that hold samples {@code from … to − 1} of all. */
  private ArrayList<Piece> pieces(long from, long to) {
    ArrayList<Piece> pieces = new ArrayList<>();
    long first = 0;
    for (int s = 0; s < packed.shards().size(); s++) {
      ShardEntry entry = packed.shards().get(s);
      int begin = (int) Math.max(0, Math.min(entry.count(), from - first));
      int end = (int) Math.max(0, Math.min(entry.count(), to - first));
      if (begin < end) {
        pieces.add(new Piece(packed.file(s), entry, s, begin, end));
      }
      first += entry.count();
    }
    return pieces;
  }

  private static Iterator<Samples> read(
      List<Piece> pieces, Broadcast<SerializableConfiguration> hadoop) {
    return pieces.isEmpty() ? Collections.emptyIterator() : new Blocks(pieces, hadoop);
  }

  /** One piece after the other, a block at a time. */
  private static final class Blocks implements Iterator<Samples> {
    private final Iterator<Piece> pieces;
    private final Broadcast<SerializableConfiguration> hadoop;
    private @Nullable PackedFile file;
    private PackedFile.@Nullable Reader reader;

    Blocks(List<Piece> pieces, Broadcast<SerializableConfiguration> hadoop) {
      this.pieces = pieces.iterator();
      this.hadoop = hadoop;
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close());
    }

    @Override
    public boolean hasNext() {
      return (reader != null && reader.hasNext()) || pieces.hasNext();
    }

    @Override
    public Samples next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      try {
        if (reader == null || !reader.hasNext()) {
          close();
          Piece piece = pieces.next();
          PackedFile opened =
              DirectoryOrigin.open(piece.file, piece.entry, piece.shard, hadoop.value());
          file = opened;
          reader = opened.reader(piece.from, piece.to, BLOCK);
        }
        return reader.next();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void close() {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
