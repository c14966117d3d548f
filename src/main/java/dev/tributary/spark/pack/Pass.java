package dev.tributary.spark.pack;

import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.spark.Failures;
import dev.tributary.spark.SampleSource;
import java.util.concurrent.TimeoutException;
import org.apache.spark.MapOutputStatistics;
import org.apache.spark.Partitioner;
import org.apache.spark.ShuffleDependency;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.concurrent.Await;
import scala.concurrent.duration.Duration;

/**
 * One distributed pass over a source: every sample is read, checked and sent to the run of shards
 * it belongs to. What comes of it lies in Spark's shuffle files, from which the runs are then made,
 * and made again if an executor is lost.
 */
final class Pass {
  /** Runs are the keys themselves. */
  private static final class RunPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int runs;

    RunPartitioner(int runs) {
      this.runs = runs;
    }

    @Override
    public int numPartitions() {
      return runs;
    }

    @Override
    public int getPartition(Object run) {
      return (Integer) run;
    }
  }

  private final RDD<Tuple2<Integer, Samples>> parts;
  private final ShuffleOrigin origin;
  private final Counts.Part counted;

  private Pass(RDD<Tuple2<Integer, Samples>> parts, ShuffleOrigin origin, Counts.Part counted) {
    this.parts = parts;
    this.origin = origin;
    this.counted = counted;
  }

  /**
   * Reads a source.
   *
   * @param runs of shards, and so partitions: a power of two
   * @throws DataException if the source is empty, or gives what it should not
   */
  static Pass over(
      JavaSparkContext spark,
      SampleSource source,
      Division division,
      int runs,
      PackObserver observer) {
    Schema schema = source.schema();
    Counts counts = new Counts();
    spark.sc().register(counts, "samples read");
    JavaRDD<Samples> blocks = source.read(spark, Math.max(runs, spark.defaultParallelism()));
    if (blocks.getNumPartitions() == 0) {
      throw empty(source);
    }
    JavaPairRDD<Integer, Samples> parts =
        blocks
            .mapPartitionsToPair(new Divider(schema, division, runs, counts))
            .partitionBy(new RunPartitioner(runs));
    PackListener listener =
        PackListener.follow(spark, observer, PackObserver.Phase.READ, counts, source.count());
    try {
      Failures.ofData(() -> await(spark, parts));
    } finally {
      listener.close();
    }
    source.checkRead();
    Counts.Part counted = counts.value();
    if (counted.rows() == 0) {
      throw empty(source);
    }
    return new Pass(
        parts.rdd(),
        new ShuffleOrigin(schema, counted.mostLabel(), division, division.shards() / runs),
        counted);
  }

  private static DataException empty(SampleSource source) {
    return new DataException(source.describe() + " holds no samples; there is nothing to do");
  }

  @SuppressWarnings("unchecked")
  private static MapOutputStatistics await(
      JavaSparkContext spark, JavaPairRDD<Integer, Samples> parts) {
    ShuffleDependency<Integer, Samples, Samples> shuffle =
        (ShuffleDependency<Integer, Samples, Samples>) parts.rdd().dependencies().head();
    SimpleFutureAction<MapOutputStatistics> stage = spark.sc().submitMapStage(shuffle);
    try {
      return Await.result(stage, Duration.Inf());
    } catch (InterruptedException e) {
      stage.cancel();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while data was read", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What each run's shards are made of. */
  RDD<Tuple2<Integer, Samples>> parts() {
    return parts;
  }

  /** Who makes them. */
  ShuffleOrigin origin() {
    return origin;
  }

  /** Rows and bytes of all. */
  Counts.Part counted() {
    return counted;
  }
}
