package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.Ranges;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * For local mode: weights and sums pass by reference, and a job makes steps for a while, as
 * starting one takes several times as long as a small network's step. Other jobs of the application
 * get their turn between two of these.
 */
final class LocalExchange implements Exchange {
  /** How long a job goes on before others get their turn. */
  private static final long TURN = TimeUnit.MILLISECONDS.toNanos(500);

  private final RDD<Shard> shards;
  private final Broadcast<GradientWorkers> workers;
  private final Rendezvous rendezvous;
  private final Ranges ranges;

  /** Whether all tasks can be at work at once: else one that waited would be in another's place. */
  private final boolean fits;

  private @Nullable StandingJob job;
  private long jobBegan;

  LocalExchange(ShardedData data, Broadcast<GradientWorkers> workers, Ranges ranges) {
    this.ranges = ranges;
    this.shards = data.shards().rdd();
    this.workers = workers;
    int count = shards.getNumPartitions();
    this.rendezvous = new Rendezvous(count);
    this.fits = count <= shards.sparkContext().defaultParallelism();
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    StandingJob before = job;
    if (before != null && rendezvous.isTurnOver()) {
      before.awaitEnd();
    }
    boolean isLast = before != null && !before.isOver() && System.nanoTime() - jobBegan > TURN;
    Rendezvous.Round round = rendezvous.begin(weights, step, isLast);
    return Failures.ofData(() -> GradientSum.fold(sums(round), ranges));
  }

  private GradientSum[] sums(Rendezvous.Round round) {
    try {
      while (true) {
        StandingJob running = job;
        if (running == null) {
          running = submit();
          job = running;
        }
        if (rendezvous.await(round, running::isOver)) {
          return round.sums();
        }
        job = null;
        // A job that failed says so here.
        running.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a step was made", e);
    }
  }

  private StandingJob submit() {
    jobBegan = System.nanoTime();
    rendezvous.beginTurn();
    Task task = new Task(workers, rendezvous.name(), fits);
    return new StandingJob(shards, task, rendezvous::wake);
  }

  /** Sends the tasks away, and waits until they have gone. */
  @Override
  public void close() {
    rendezvous.close();
    StandingJob running = job;
    if (running == null || shards.sparkContext().isStopped()) {
      return;
    }
    running.awaitEnd();
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
}
