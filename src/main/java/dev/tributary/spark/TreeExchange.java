package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

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
  private final int fanIn;

  /**
   * Over a data set's shards.
   *
   * @param fanIn the bound, a power of two of at least 2
   */
  TreeExchange(
      JavaSparkContext spark, ShardedData data, Broadcast<GradientWorkers> workers, int fanIn) {
    this.spark = spark;
    this.data = data;
    this.workers = workers;
    this.fanIn = fanIn;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      GradientTask task = new GradientTask(workers, sent, step);
      return Failures.ofData(() -> add(task));
    } finally {
      sent.destroy();
    }
  }

  /** The root of the tree above the tasks' sums. */
  private GradientSum add(GradientTask task) {
    int partitions = data.shards().getNumPartitions();
    if (partitions <= fanIn) {
      return fold(collect(data.shards().rdd(), task, partitions));
    }
    JavaRDD<GradientSum> level =
        data.shards()
            .mapPartitions(
                shards -> List.of(task.apply(CollectionConverters.asScala(shards))).iterator(),
                true);
    while (partitions > fanIn) {
      int group = Math.min(fanIn, partitions / fanIn);
      partitions /= group;
      level = addNeighbours(level, partitions, group);
    }
    return fold(collect(level.rdd(), new Only(), partitions));
  }

  private JavaRDD<GradientSum> addNeighbours(JavaRDD<GradientSum> level, int groups, int group) {
    JavaPairRDD<Integer, GradientSum> numbered =
        level
            .mapPartitionsWithIndex(
                (p, sums) -> List.of(new Tuple2<>(p, sums.next())).iterator(), true)
            .mapToPair(pair -> pair);
    return numbered
        .partitionBy(new NeighbourPartitioner(groups, group))
        .mapPartitions(pairs -> List.of(fold(inOrder(pairs, group))).iterator());
  }

  private static GradientSum[] inOrder(Iterator<Tuple2<Integer, GradientSum>> pairs, int group) {
    GradientSum[] sums = new GradientSum[group];
    pairs.forEachRemaining(pair -> sums[pair._1() % group] = pair._2());
    return sums;
  }

  /** Adds a power of two of sums, in order, pairs first; the result is the first's memory. */
  static GradientSum fold(GradientSum[] sums) {
    for (int distance = 1; distance < sums.length; distance *= 2) {
      for (int i = 0; i < sums.length; i += 2 * distance) {
        sums[i].add(sums[i + distance]);
      }
    }
    return sums[0];
  }

  /** Runs the step's job; each result is put in its place as it arrives. */
  private static <T> GradientSum[] collect(
      RDD<T> rdd,
      AbstractFunction1<scala.collection.Iterator<T>, GradientSum> task,
      int partitions) {
    GradientSum[] sums = new GradientSum[partitions];
    rdd.sparkContext()
        .runJob(
            rdd,
            task,
            new AbstractFunction2<Object, GradientSum, BoxedUnit>() {
              @Override
              public BoxedUnit apply(Object partition, GradientSum sum) {
                sums[(Integer) partition] = sum;
                return BoxedUnit.UNIT;
              }
            },
            ClassTag$.MODULE$.apply(GradientSum.class));
    return sums;
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
