package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * For local mode: weights and sums pass by reference, and a job makes steps for a while, as
 * starting one takes several times as long as a small network's step. Other jobs of the application
 * get their turn between two of these.
 */
final class LocalExchange implements Exchange {
  /** How long a job goes on before others get their turn. */
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(500);

  private static final Duration PATIENCE = Duration.apply(5, TimeUnit.SECONDS);

  private final RDD<Shard> shards;
  private final Broadcast<GradientWorkers> workers;
  private final Rendezvous rendezvous;

  /** Whether all tasks can be at work at once: else one that waited would be in another's place. */
  private final boolean fits;

  private final Seq<Object> partitions;
  private @Nullable SimpleFutureAction<Boolean> job;
  private long jobBegan;

  LocalExchange(ShardedData data, Broadcast<GradientWorkers> workers) {
    this.shards = data.shards().rdd();
    this.workers = workers;
    int count = shards.getNumPartitions();
    this.rendezvous = new Rendezvous(count);
    this.fits = count <= shards.sparkContext().defaultParallelism();
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(i);
    }
    this.partitions = CollectionConverters.asScala(all).toSeq();
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    if (job != null && rendezvous.isTurnOver()) {
      awaitEnd(job);
    }
    boolean isLast = job != null && System.nanoTime() - jobBegan > TURN;
    Rendezvous.Round round = rendezvous.begin(weights, step, isLast);
    return Failures.ofData(() -> GradientSum.fold(sums(round)));
  }

  private GradientSum[] sums(Rendezvous.Round round) {
    try {
      while (true) {
        SimpleFutureAction<Boolean> running = job;
        if (running == null) {
          running = submit();
          job = running;
        }
        if (rendezvous.await(round, running::isCompleted)) {
          return round.sums();
        }
        job = null;
        // A job that failed says so here.
        running.result(PATIENCE, PERMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a step was made", e);
    } catch (Exception e) {
      throw sneaky(e);
    }
  }

  /** Scala's methods throw checked exceptions that they do not declare; so does this. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException sneaky(Exception e) throws E {
    throw (E) e;
  }

  private static final scala.concurrent.CanAwait PERMIT = new scala.concurrent.CanAwait() {};

  private SimpleFutureAction<Boolean> submit() {
    jobBegan = System.nanoTime();
    rendezvous.beginTurn();
    Task task = new Task(workers, rendezvous.name(), fits);
    SimpleFutureAction<Boolean> submitted =
        shards.sparkContext().submitJob(shards, task, partitions, new NoResult(), new Done());
    submitted.onComplete(new Wake(rendezvous), ExecutionContext.fromExecutor(Runnable::run));
    return submitted;
  }

  /** Sends the tasks away, and waits until they have gone. */
  @Override
  public void close() {
    rendezvous.close();
    SimpleFutureAction<Boolean> running = job;
    if (running == null || shards.sparkContext().isStopped()) {
      return;
    }
    awaitEnd(running);
  }

  private static void awaitEnd(SimpleFutureAction<Boolean> running) {
    try {
      running.ready(PATIENCE, PERMIT);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      } else if (!(e instanceof TimeoutException)) {
        throw e;
      }
    }
  }

  /**
   * Leaves its partition's sums where the driver looks for them; gives the partition's number.
   * Functions are classes, since Spark searches lambdas for what they hold, in every job.
   */
  private static final class Task extends AbstractFunction1<Iterator<Shard>, Integer>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<GradientWorkers> workers;
    private final Rendezvous.Name rendezvous;
    private final boolean stays;

    Task(Broadcast<GradientWorkers> workers, Rendezvous.Name rendezvous, boolean stays) {
      this.workers = workers;
      this.rendezvous = rendezvous;
      this.stays = stays;
    }

    @Override
    public Integer apply(Iterator<Shard> partition) {
      TaskContext task = TaskContext.get();
      int place = task.partitionId();
      Rendezvous here = rendezvous.find();
      if (here == null) {
        return place;
      }
      List<Shard> own = new ArrayList<>();
      CollectionConverters.asJava(partition).forEachRemaining(own::add);
      Rendezvous.Round round = here.next(place, stays, task::isInterrupted);
      while (round != null) {
        here.leave(
            round, place, workers.value().sum(round.weights(), own.iterator(), round.step()));
        round = stays ? here.next(place, true, task::isInterrupted) : null;
      }
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

  /** Nor is what all tasks give. */
  private static final class Done extends AbstractFunction0<Boolean> {
    @Override
    public Boolean apply() {
      return true;
    }
  }

  /** Wakes the driver, as a job is over. */
  private static final class Wake extends AbstractFunction1<scala.util.Try<Boolean>, BoxedUnit> {
    private final Rendezvous rendezvous;

    Wake(Rendezvous rendezvous) {
      this.rendezvous = rendezvous;
    }

    @Override
    public BoxedUnit apply(scala.util.Try<Boolean> result) {
      rendezvous.wake();
      return BoxedUnit.UNIT;
    }
  }
}
