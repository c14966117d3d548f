package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * Adds the partitions' sums along the fixed tree, with no more than {@code fanIn} of them at one
 * place: while there are more, groups of neighbours are added on the executors; the driver adds the
 * rest.
 *
 * <p>Spark's own treeAggregate adds as results arrive, which no two runs do alike.
 */
final class TreeExchange implements Exchange {
  private final JavaSparkContext spark;
  private final ShardedData data;
  private final Broadcast<GradientWorkers> workers;
  private final int rounded;
  private final int fanIn;

  /**
   * Over a data set's shards.
   *
   * @param rounded how many values, the first ones, are sent as bfloat16
   * @param fanIn the bound, a power of two of at least 2
   */
  TreeExchange(
      JavaSparkContext spark,
      ShardedData data,
      Broadcast<GradientWorkers> workers,
      int rounded,
      int fanIn) {
    this.spark = spark;
    this.data = data;
    this.workers = workers;
    this.rounded = rounded;
    this.fanIn = fanIn;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights, rounded));
    try {
      GradientTask task = new GradientTask(workers, sent, step);
      return Failures.ofData(() -> add(task));
    } finally {
      sent.destroy();
    }
  }

  /** Each step lets go of what it sent. */
  @Override
  public void close() {}

  /** The root of the tree above the tasks' sums. */
  private GradientSum add(GradientTask task) {
    int partitions = data.shards().getNumPartitions();
    if (partitions <= fanIn) {
      return collect(data.shards().rdd(), task, partitions);
    }
    JavaRDD<GradientSum> level = data.shards().mapPartitions(new Leaves(task), true);
    while (partitions > fanIn) {
      int group = Math.min(fanIn, partitions / fanIn);
      partitions /= group;
      level = addNeighbours(level, partitions, group);
    }
    return collect(level.rdd(), new Only(), partitions);
  }

  private JavaRDD<GradientSum> addNeighbours(JavaRDD<GradientSum> level, int groups, int group) {
    return level
        .mapPartitionsWithIndex(new Numbered(), true)
        .mapToPair(new Pairs())
        .partitionBy(new NeighbourPartitioner(groups, group))
        .mapPartitions(new Neighbours(group));
  }

  /** Runs the step's job; its results are added as they arrive. */
  private static <T> GradientSum collect(
      RDD<T> rdd,
      AbstractFunction1<scala.collection.Iterator<T>, GradientSum> task,
      int partitions) {
    ArrivingSums sums = new ArrivingSums(partitions);
    rdd.sparkContext().runJob(rdd, task, sums, ClassTag$.MODULE$.apply(GradientSum.class));
    return sums.root();
  }

  /** A partition's only sum. */
  private static final class Only
      extends AbstractFunction1<scala.collection.Iterator<GradientSum>, GradientSum>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public GradientSum apply(scala.collection.Iterator<GradientSum> sums) {
      return sums.next();
    }
  }

  /** The tree's leaves: each partition's sum. */
  private record Leaves(GradientTask task)
      implements FlatMapFunction<Iterator<Shard>, GradientSum> {
    @Override
    public Iterator<GradientSum> call(Iterator<Shard> shards) {
      return List.of(task.apply(CollectionConverters.asScala(shards))).iterator();
    }
  }

  /** A partition's sum with the partition's number. */
  private record Numbered()
      implements Function2<Integer, Iterator<GradientSum>, Iterator<Tuple2<Integer, GradientSum>>> {
    @Override
    public Iterator<Tuple2<Integer, GradientSum>> call(
        Integer partition, Iterator<GradientSum> sums) {
      return List.of(new Tuple2<>(partition, sums.next())).iterator();
    }
  }

  /** For Spark's types alone. */
  private record Pairs()
      implements PairFunction<Tuple2<Integer, GradientSum>, Integer, GradientSum> {
    @Override
    public Tuple2<Integer, GradientSum> call(Tuple2<Integer, GradientSum> pair) {
      return pair;
    }
  }

  /** The node above a group of neighbours, whose sums come in any order. */
  private record Neighbours(int group)
      implements FlatMapFunction<Iterator<Tuple2<Integer, GradientSum>>, GradientSum> {
    @Override
    public Iterator<GradientSum> call(Iterator<Tuple2<Integer, GradientSum>> pairs) {
      ArrivingSums sums = new ArrivingSums(group);
      pairs.forEachRemaining(pair -> sums.add(pair._1() % group, pair._2()));
      return List.of(sums.root()).iterator();
    }
  }

  /** Sends partition p of a level to p / group of the next. */
  private static final class NeighbourPartitioner extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int groups;
    private final int group;

    NeighbourPartitioner(int groups, int group) {
      this.groups = groups;
      this.group = group;
    }

    @Override
    public int numPartitions() {
      return groups;
    }

    @Override
    public int getPartition(Object p) {
      return (Integer) p / group;
    }
  }
}
