package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.spark.StandingJob;
import dev.tributary.spark.slices.TurnMessage.Ask;
import dev.tributary.spark.slices.TurnMessage.Go;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.rdd.RDD;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * The driver's side of steps that share a Spark job, as starting one takes many times as long as a
 * small step. A job's tasks ask what to do, by Spark's RPC: the answer is a step, which comes as
 * soon as the driver has one, or that their turn is over. It is after a while, when the driver has
 * other things to do, or when one task has waited for long for another, which may have no place to
 * run.
 *
 * <p>What a task fails with fails the job, after Spark has tried again: the copy is told of the
 * step whose part is missing.
 */
final class Turns implements AutoCloseable {
  /** How long a job goes on before others get their turn. */
  private static final long TURN = TimeUnit.SECONDS.toNanos(2);

  /** How long tasks wait for the driver's next step at least, and at most. */
  private static final long LEAST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long MOST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a task waits for others of its step, or else as long as a few steps take. */
  private static final long FOR_OTHERS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int FEW_STEPS = 3;

  /** Turns that broke in a row, after which each step has its own. */
  private static final int MOST_BROKEN = 3;

  /** One step, and what its tasks have made of it. */
  private static final class Round {
    final byte[] go;
    final long step;
    final boolean isLast;
    final SliceTask.@Nullable Result[] results;
    int missing;

    /** Of a task that has lost the others, if one has. */
    SliceTask.@Nullable Result lost;

    Round(Go go, boolean isLast, int tasks) {
      this.go = go.encode();
      this.step = go.step().number();
      this.isLast = isLast;
      this.results = new SliceTask.Result[tasks];
      this.missing = tasks;
    }
  }

  private record Waiting(int place, RpcCallContext call, long since) {}

  private final SparkContext spark;
  private final RDD<Shard> shards;
  private final String name;
  private final RpcEndpointRef desk;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Waiting> waiting = new ArrayList<>();
  private @Nullable Round round;
  private int generation;

  /** Whether tasks may stay: all can be at work at once, and no copies are made of slow ones. */
  private boolean stays;

  private long begunAt;
  private long completedAt;
  private long forOthers = FOR_OTHERS;
  private long patience = LEAST_PATIENCE;
  private int broken;

  /** Tasks that ask are sent away. */
  private boolean isOver;

  private @Nullable StandingJob job;
  private long jobBegan;

  /**
   * Of a run.
   *
   * @param run its number in this application
   */
  Turns(SparkContext spark, RDD<Shard> shards, long run) {
    this.spark = spark;
    this.shards = shards;
    this.name = "tributary-turns-" + run;
    SparkEnv env = SparkEnv.get();
    this.desk = env.rpcEnv().setupEndpoint(name, new TurnDesk(env.rpcEnv(), this::asked));
  }

  /** What tasks find the driver by. */
  String name() {
    return name;
  }

  /** A new plan: what tasks of older ones ask for is over. */
  void begin(int newGeneration) {
    end();
    lock.lock();
    try {
      generation = newGeneration;
      broken = 0;
      stays =
          shards.getNumPartitions() <= spark.defaultParallelism()
              && !spark.getConf().getBoolean("spark.speculation", false);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a step by a job's tasks; what the job fails with is thrown.
   *
   * @return the results of all, or of one alone that has lost the others, which may wait for what
   *     it cannot send
   */
  SliceTask.Result[] step(AbstractFunction1<Iterator<Shard>, Integer> task, Go step) {
    StandingJob before = job;
    if (before != null && isOver()) {
      // Lest those who have not left yet begin without the others.
      before.awaitEnd();
    }
    Round made = next(step);
    try {
      while (true) {
        StandingJob running = job;
        if (running == null) {
          running = submit(task);
        }
        if (await(made, running)) {
          return resultsOf(made);
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

  private static SliceTask.Result[] resultsOf(Round made) {
    if (made.lost != null) {
      return new SliceTask.Result[] {made.lost};
    }
    SliceTask.Result[] results = new SliceTask.Result[made.results.length];
    for (int i = 0; i < results.length; i++) {
      SliceTask.Result result = made.results[i];
      if (result == null) {
        throw new IllegalStateException("the result of partition " + i + " is missing");
      }
      results[i] = result;
    }
    return results;
  }

  /** Tells whoever waits of a step. */
  private Round next(Go step) {
    lock.lock();
    try {
      StandingJob running = job;
      boolean isTurnsLast =
          running != null && !running.isOver() && System.nanoTime() - jobBegan > TURN;
      boolean isLast = !stays || broken >= MOST_BROKEN || isTurnsLast;
      isOver |= isTurnsLast;
      Round next = new Round(step, isLast, shards.getNumPartitions());
      if (round != null) {
        long gap = System.nanoTime() - completedAt;
        patience = Math.max(LEAST_PATIENCE, Math.min(MOST_PATIENCE, 3 * gap));
      }
      round = next;
      begunAt = System.nanoTime();
      waiting.forEach(task -> task.call().reply(next.go));
      waiting.clear();
      return next;
    } finally {
      lock.unlock();
    }
  }

  private StandingJob submit(AbstractFunction1<Iterator<Shard>, Integer> task) {
    lock.lock();
    try {
      isOver = false;
      jobBegan = System.nanoTime();
    } finally {
      lock.unlock();
    }
    StandingJob submitted = new StandingJob(shards, task, this::wake);
    job = submitted;
    return submitted;
  }

  /** Something has happened that the driver may wait for. */
  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a step is complete or lost, or its job is over: whether it is one of the first. */
  private boolean await(Round made, StandingJob running) throws InterruptedException {
    lock.lock();
    try {
      while (made.missing > 0 && made.lost == null && !running.isOver()) {
        changed.awaitNanos(MOST_PATIENCE);
      }
      return made.missing == 0 || made.lost != null;
    } finally {
      lock.unlock();
    }
  }

  /** A task says what it has made, and asks what to do. */
  private void asked(byte[] message, RpcCallContext call) {
    Ask ask = Ask.decode(message);
    lock.lock();
    try {
      Round now = round;
      if (ask.generation() != generation || now == null || ask.place() >= now.results.length) {
        call.reply(TurnMessage.END);
        return;
      }
      int place = ask.place();
      SliceTask.Result result = ask.result();
      if (result != null && ask.step() == now.step && now.results[place] == null) {
        now.results[place] = result;
        now.missing--;
        if (result.state() == SliceTask.State.LOST && now.lost == null) {
          now.lost = result;
          changed.signalAll();
        }
        if (now.missing == 0) {
          completedAt = System.nanoTime();
          forOthers = Math.max(FOR_OTHERS, FEW_STEPS * (completedAt - begunAt));
          changed.signalAll();
          after(patience);
        }
      }
      boolean isMissing = now.results[place] == null;
      if (isMissing) {
        // Even if the turn is over, as this may be the only place where there is room for it.
        call.reply(now.go);
      } else if (isOver || now.isLast) {
        call.reply(TurnMessage.END);
      } else {
        waiting.add(new Waiting(place, call, System.nanoTime()));
        if (now.missing > 0) {
          after(forOthers);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void after(long nanos) {
    CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(this::sendAway);
  }

  /** Sends tasks away that have waited too long: their places are wanted. */
  private void sendAway() {
    lock.lock();
    try {
      Round now = round;
      if (waiting.isEmpty() || now == null) {
        return;
      }
      boolean isComplete = now.missing == 0;
      long since = isComplete ? completedAt : waiting.get(0).since();
      if (System.nanoTime() - since < (isComplete ? patience : forOthers)) {
        return;
      }
      broken = isComplete ? 0 : broken + 1;
      sendAllAway();
    } finally {
      lock.unlock();
    }
  }

  private void sendAllAway() {
    isOver = true;
    waiting.forEach(task -> task.call().reply(TurnMessage.END));
    waiting.clear();
  }

  /** Ends the turn, as others want to run. */
  void end() {
    end(false);
  }

  /** Ends the turn even if a task waits for what does not come. */
  void abandon() {
    end(true);
  }

  private void end(boolean cancels) {
    lock.lock();
    try {
      sendAllAway();
      round = null;
    } finally {
      lock.unlock();
    }
    StandingJob running = job;
    job = null;
    if (running == null || spark.isStopped()) {
      return;
    }
    if (cancels) {
      running.cancel();
    }
    if (!running.awaitEnd()) {
      running.cancel();
    }
  }

  private boolean isOver() {
    lock.lock();
    try {
      return isOver;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    end();
    if (!spark.isStopped()) {
      SparkEnv.get().rpcEnv().stop(desk);
    }
  }
}
