package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.Storage;
import dev.tributary.data.prepare.Moments;
import dev.tributary.spark.pack.PackObserver;
import dev.tributary.spark.pack.PackedSource;
import dev.tributary.spark.pack.ShardStore;
import java.io.Serializable;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * A data set divided into shards, kept on the executors: partition p of P holds the aligned run of
 * shards {@code p S/P … (p + 1) S/P − 1}, empty ones included.
 *
 * <p>The shards are the same whatever P, the cluster, or the way the source is read; a lost
 * partition is rebuilt to the same bytes from its lineage.
 */
public final class ShardedData implements AutoCloseable {
  /** Constant, so that a model's loss has the same last bits on any cluster. */
  private static final int EVALUATION_SHARDS = 16;

  /** What a job tells of a shard. */
  private record Held(long count, long fingerprint) implements Serializable {
    Held plus(Held other) {
      return new Held(count + other.count, fingerprint + other.fingerprint);
    }
  }

  private final ShardStore store;
  private final int shardCount;
  private final Held held;
  private final Schema schema;
  private final @Nullable Moments statistics;

  private ShardedData(
      ShardStore store, int shardCount, Held held, Schema schema, @Nullable Moments statistics) {
    this.store = store;
    this.shardCount = shardCount;
    this.held = held;
    this.schema = schema;
    this.statistics = statistics;
  }

  /**
   * Reads a source and divides it, in memory if it fits.
   *
   * @param shardCount S, a power of two
   * @param partitions P, a power of two up to S
   * @throws DataException if the source is empty, or gives what it should not
   */
  public static ShardedData of(
      JavaSparkContext spark, SampleSource source, int shardCount, int partitions, long seed) {
    return of(
        spark, source, new Division(shardCount, seed), partitions, Storage.AUTO, PackObserver.NONE);
  }

  /**
   * Reads a source and divides it: one pass and one shuffle, after which the shards stay where they
   * are; none if the source is packed by this division.
   *
   * @param partitions P, a power of two up to the number of shards
   * @param storage where the shards are kept, which is no part of any result
   * @throws DataException if the source is empty, or gives what it should not
   */
  public static ShardedData of(
      JavaSparkContext spark,
      SampleSource source,
      Division division,
      int partitions,
      Storage storage,
      PackObserver observer) {
    if (source.count() == 0) {
      throw new DataException(source.describe() + " holds no samples; there is nothing to do");
    }
    observer.begun(source.describe());
    try {
      return of(spark, source, division, storage, partitions, observer);
    } finally {
      observer.ended();
    }
  }

  private static ShardedData of(
      JavaSparkContext spark,
      SampleSource source,
      Division division,
      Storage storage,
      int partitions,
      PackObserver observer) {
    ShardStore store = ShardStore.of(spark, source, division, partitions, storage, observer);
    try {
      Held held =
          Failures.ofData(
              () ->
                  store
                      .shards()
                      .map(shard -> new Held(shard.samples().count(), shard.fingerprint()))
                      .reduce(Held::plus));
      Moments statistics =
          source instanceof PackedSource packed && packed.packed().division().equals(division)
              ? packed.packed().statistics()
              : null;
      return new ShardedData(store, division.shards(), held, source.schema(), statistics);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The same for evaluation alone, where no job says how many shards. */
  public static ShardedData forEvaluation(JavaSparkContext spark, SampleSource source) {
    return of(spark, source, EVALUATION_SHARDS, EVALUATION_SHARDS, 0);
  }

  /** The shards, in the order of their numbers. */
  public JavaRDD<Shard> shards() {
    return store.shards();
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
    return held.count();
  }

  /** Where the shards are: {@code MEMORY} or {@code DISK}. */
  public Storage storage() {
    return store.storage();
  }

  /** What is known of the columns without a pass over the samples, if anything is. */
  public @Nullable Moments statistics() {
    return statistics;
  }

  /** A hash of all samples, the same on any cluster. */
  public String fingerprint() {
    return String.format("%d samples, hash %016x", held.count(), held.fingerprint());
  }

  /** Gives the executors' memory and disks back. */
  @Override
  public void close() {
    store.close();
  }
}
