package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * A data set divided into shards, kept on the executors: partition p of P holds the aligned run of
 * shards {@code p S/P … (p + 1) S/P − 1}, empty ones included.
 *
 * <p>The shards are the same whatever P, the cluster, or the way the source is read; a lost
 * partition is rebuilt to the same bytes from its lineage.
 */
public final class ShardedData implements AutoCloseable {
  /** Sends shard s to the partition of its run. */
  private static final class RunPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int partitions;
    private final int run;

    RunPartitioner(int partitions, int run) {
      this.partitions = partitions;
      this.run = run;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object shard) {
      return (Integer) shard / run;
    }
  }

  /** Constant, so that a model's loss has the same last bits on any cluster. */
  private static final int EVALUATION_SHARDS = 16;

  private final JavaRDD<Shard> shards;
  private final int shardCount;
  private final long samples;
  private final Schema schema;

  private ShardedData(JavaRDD<Shard> shards, int shardCount, long samples, Schema schema) {
    this.schema = schema;
    this.shards = shards;
    this.shardCount = shardCount;
    this.samples = samples;
  }

  /**
   * Reads a source and divides it: one shuffle, after which the shards stay where they are.
   *
   * @param shardCount S, a power of two
   * @param partitions P, a power of two up to S
   * @throws DataException if the source is empty, or gives what it should not
   */
  public static ShardedData of(
      JavaSparkContext spark, SampleSource source, int shardCount, int partitions, long seed) {
    if (source.count() == 0) {
      throw new DataException(source.describe() + " holds no samples; there is nothing to do");
    }
    Schema schema = source.schema();
    int run = shardCount / partitions;
    JavaRDD<Shard> shards =
        source
            .read(spark, partitions)
            .flatMapToPair(block -> parts(block, shardCount, seed))
            .partitionBy(new RunPartitioner(partitions, run))
            .mapPartitionsWithIndex(
                (p, parts) -> assemble(p * run, run, shardCount, schema, seed, parts), true)
            .setName("shards of " + source.describe())
            .persist(StorageLevel.MEMORY_AND_DISK());
    long samples =
        Failures.ofData(
            () -> shards.map(shard -> (long) shard.samples().count()).reduce(Long::sum));
    try {
      source.checkRead();
    } catch (DataException e) {
      shards.unpersist(false);
      throw e;
    }
    if (samples == 0) {
      shards.unpersist(false);
      throw new DataException(source.describe() + " holds no samples; there is nothing to do");
    }
    return new ShardedData(shards, shardCount, samples, schema);
  }

  /** The same for evaluation alone, where no job says how many shards. */
  public static ShardedData forEvaluation(JavaSparkContext spark, SampleSource source) {
    return of(spark, source, EVALUATION_SHARDS, EVALUATION_SHARDS, 0);
  }

  private static Iterator<Tuple2<Integer, Samples>> parts(Samples block, int shards, long seed) {
    Samples[] parts = Shard.divide(block, shards, seed);
    return IntStream.range(0, shards)
        .filter(s -> parts[s].count() > 0)
        .mapToObj(s -> new Tuple2<>(s, parts[s].trim()))
        .iterator();
  }

  private static Iterator<Shard> assemble(
      int first,
      int run,
      int shardCount,
      Schema schema,
      long seed,
      Iterator<Tuple2<Integer, Samples>> parts) {
    List<List<Samples>> byShard = new ArrayList<>();
    for (int i = 0; i < run; i++) {
      byShard.add(new ArrayList<>());
    }
    parts.forEachRemaining(part -> byShard.get(part._1() - first).add(part._2()));
    List<Shard> shards = new ArrayList<>();
    for (int i = 0; i < run; i++) {
      List<Samples> own = byShard.get(i);
      shards.add(
          Shard.of(
              first + i, shardCount, seed, own.isEmpty() ? List.of(new Samples(schema, 0)) : own));
    }
    return shards.iterator();
  }

  /** The shards, in the order of their numbers. */
  public JavaRDD<Shard> shards() {
    return shards;
  }

  /** What a sample holds. */
  public Schema schema() {
    return schema;
  }

  /** S. */
  public int shardCount() {
    return shardCount;
  }

  /** Samples in all. */
  public long samples() {
    return samples;
  }

  /** A hash of all samples, the same on any cluster: one job, of one pass over them. */
  public String fingerprint() {
    long hash = shards.map(Shard::fingerprint).reduce(Long::sum);
    return String.format("%d samples, hash %016x", samples, hash);
  }

  /** Gives the executors' memory back. */
  @Override
  public void close() {
    shards.unpersist(false);
  }
}
