package dev.tributary.spark.pack;

import dev.tributary.data.Shard;
import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.packed.Storage;
import dev.tributary.spark.SampleSource;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A data set's shards, kept by the executors, in memory or on their disks: partition p of P holds
 * the aligned run of shards {@code p S/P … (p + 1) S/P − 1}.
 */
public final class ShardStore implements AutoCloseable {
  /** Of the memory that is free for blocks, the share that shards may take by themselves. */
  private static final double SHARE = 0.5;

  private final JavaRDD<Shard> shards;
  private final Storage storage;
  private final List<Broadcast<?>> held;

  private ShardStore(JavaRDD<Shard> shards, Storage storage, List<Broadcast<?>> held) {
    this.shards = shards;
    this.storage = storage;
    this.held = held;
  }

  /**
   * Divides a source, in one pass, unless it is packed by this very division. The shards themselves
   * are made when they are first asked for.
   *
   * @param partitions P, a power of two up to the number of shards
   * @throws dev.tributary.data.DataException if the source gives what it should not
   */
  public static ShardStore of(
      JavaSparkContext spark,
      SampleSource source,
      Division division,
      int partitions,
      Storage wish,
      PackObserver observer) {
    int run = division.shards() / partitions;
    String name = "shards of " + source.describe();
    if (source instanceof PackedSource packed && packed.packed().division().equals(division)) {
      Broadcast<SerializableConfiguration> hadoop =
          spark.broadcast(new SerializableConfiguration(packed.hadoop()));
      List<Integer> numbers = new ArrayList<>();
      for (int p = 0; p < partitions; p++) {
        numbers.add(p);
      }
      Storage storage = choose(wish, packed.packed().bytes(), spark);
      DirectoryOrigin origin = new DirectoryOrigin(packed.packed(), run, hadoop, spark.isLocal());
      return keep(
          spark, spark.parallelize(numbers, partitions).rdd(), origin, storage, name, hadoop);
    }
    Pass pass = Pass.over(spark, source, division, partitions, observer);
    Storage storage = choose(wish, pass.counted().bytes(), spark);
    return keep(spark, pass.parts(), pass.origin(), storage, name, null);
  }

  private static <T> ShardStore keep(
      JavaSparkContext spark,
      RDD<T> before,
      ShardOrigin<T> origin,
      Storage storage,
      String name,
      @Nullable Broadcast<?> used) {
    List<Broadcast<?>> held = new ArrayList<>();
    if (used != null) {
      held.add(used);
    }
    if (storage == Storage.MEMORY) {
      JavaRDD<Shard> shards =
          before
              .toJavaRDD()
              .mapPartitionsWithIndex((p, parts) -> origin.load(p, parts), true)
              .setName(name)
              .persist(StorageLevel.MEMORY_AND_DISK());
      return new ShardStore(shards, storage, held);
    }
    Broadcast<LocalShards> local = spark.broadcast(new LocalShards());
    held.add(local);
    Places places = new Places();
    spark.sc().register(places, "places of " + name);
    JavaRDD<Shard> shards = new MappedShards<>(before, origin, local, places).toJavaRDD();
    return new ShardStore(shards.setName(name), storage, held);
  }

  /** Memory if the shards fit into a share of what is free on all executors. */
  private static Storage choose(Storage wish, long bytes, JavaSparkContext spark) {
    if (wish != Storage.AUTO) {
      return wish;
    }
    String driver = SparkEnv.get().blockManager().blockManagerId().hostPort();
    long free = 0;
    for (var entry : CollectionConverters.asJava(spark.sc().getExecutorMemoryStatus()).entrySet()) {
      if (spark.isLocal() || !entry.getKey().equals(driver)) {
        Tuple2<Object, Object> mostAndFree = entry.getValue();
        free += (Long) mostAndFree._2();
      }
    }
    return bytes <= SHARE * free ? Storage.MEMORY : Storage.DISK;
  }

  /** The shards, in the order of their numbers. */
  public JavaRDD<Shard> shards() {
    return shards;
  }

  /** Where they are: {@code MEMORY} or {@code DISK}. */
  public Storage storage() {
    return storage;
  }

  /** Gives the executors' memory and disks back. */
  @Override
  public void close() {
    if (storage == Storage.MEMORY) {
      shards.unpersist(false);
    }
    held.forEach(Broadcast::destroy);
  }
}
