package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** For local mode: weights and sums pass by reference. */
final class LocalExchange implements Exchange {
  private final ShardedData data;
  private final Broadcast<GradientWorkers> workers;

  LocalExchange(ShardedData data, Broadcast<GradientWorkers> workers) {
    this.data = data;
    this.workers = workers;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    RDD<Shard> shards = data.shards().rdd();
    long round = LocalRounds.begin(weights, shards.getNumPartitions());
    try {
      GradientSum[] sums = LocalRounds.get(round).sums();
      Failures.ofData(() -> run(shards, new Task(workers, round, step)));
      return GradientSum.fold(sums);
    } finally {
      LocalRounds.end(round);
    }
  }

  /** Functions are classes, since Spark searches lambdas for what they hold, in every job. */
  private static boolean run(RDD<Shard> shards, Task task) {
    shards
        .sparkContext()
        .runJob(shards, task, new NoResult(), ClassTag$.MODULE$.apply(Integer.class));
    return true;
  }

  /** Leaves its partition's sum where the driver looks for it; gives the partition's number. */
  private static final class Task extends AbstractFunction1<Iterator<Shard>, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<GradientWorkers> workers;
    private final long round;
    private final Step step;

    Task(Broadcast<GradientWorkers> workers, long round, Step step) {
      this.workers = workers;
      this.round = round;
      this.step = step;
    }

    @Override
    public Integer apply(Iterator<Shard> partition) {
      LocalRounds.Round here = LocalRounds.get(round);
      int place = TaskContext.getPartitionId();
      here.sums()[place] =
          workers.value().sum(here.weights(), CollectionConverters.asJava(partition), step);
      return place;
    }
  }

  /** What Spark brings back is of no use. */
  private static final class NoResult extends AbstractFunction2<Object, Integer, BoxedUnit> {
    @Override
    public BoxedUnit apply(Object partition, Integer place) {
      return BoxedUnit.UNIT;
    }
  }
}
