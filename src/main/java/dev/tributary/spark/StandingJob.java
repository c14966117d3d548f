package dev.tributary.spark;

import dev.tributary.data.Shard;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.CanAwait;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.Duration;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * A Spark job that goes on while the driver does other things: its tasks, one for each partition,
 * make many steps and leave what they make elsewhere, so that what Spark brings back is of no use.
 */
public final class StandingJob {
  private static final Duration TO_END = Duration.apply(5, TimeUnit.SECONDS);
  private static final CanAwait PERMIT = new CanAwait() {};

  private final SimpleFutureAction<Boolean> job;

  /**
   * Starts it.
   *
   * @param ended is run when it is over, by a thread of Spark's
   */
  public StandingJob(
      RDD<Shard> shards, AbstractFunction1<Iterator<Shard>, Integer> task, Runnable ended) {
    Seq<Object> partitions =
        CollectionConverters.asScala(
                IntStream.range(0, shards.getNumPartitions()).<Object>mapToObj(i -> i).toList())
            .toSeq();
    this.job =
        shards.sparkContext().submitJob(shards, task, partitions, new NoResult(), new Done());
    job.onComplete(new Ended(ended), ExecutionContext.fromExecutor(Runnable::run));
  }

  /** Whether all tasks have ended, or it has failed. */
  public boolean isOver() {
    return job.isCompleted();
  }

  /**
   * Of a job that is over: throws what it failed with, if it did, also where that is a checked
   * exception, as Scala's methods do not declare theirs.
   */
  public void check() {
    try {
      job.result(TO_END, PERMIT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a step was made", e);
    } catch (Exception e) {
      throw sneaky(e);
    }
  }

  @SuppressWarnings("unchecked") // the exception's type is erased
  private static <E extends Exception> RuntimeException sneaky(Exception e) throws E {
    throw (E) e;
  }

  /** Waits for its end: whether that has come within a few seconds. */
  public boolean awaitEnd() {
    try {
      job.ready(TO_END, PERMIT);
      return true;
    } catch (Exception e) {
      // Scala's methods throw checked exceptions that they do not declare.
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      } else if (!(e instanceof TimeoutException)) {
        throw e;
      }
      return false;
    }
  }

  /** Has Spark kill its tasks. */
  public void cancel() {
    job.cancel();
  }

  private static final class NoResult extends AbstractFunction2<Object, Integer, BoxedUnit> {
    @Override
    public BoxedUnit apply(Object partition, Integer place) {
      return BoxedUnit.UNIT;
    }
  }

  private static final class Done extends AbstractFunction0<Boolean> {
    @Override
    public Boolean apply() {
      return true;
    }
  }

  private static final class Ended extends AbstractFunction1<scala.util.Try<Boolean>, BoxedUnit> {
    private final Runnable ended;

    Ended(Runnable ended) {
      this.ended = ended;
    }

    @Override
    public BoxedUnit apply(scala.util.Try<Boolean> result) {
      ended.run();
      return BoxedUnit.UNIT;
    }
  }
}
