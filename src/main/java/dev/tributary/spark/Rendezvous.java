package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where driver and tasks meet that are in one JVM: no weight or gradient is serialised, and tasks
 * that have done their part of a step wait a little for the next one, so that a step need not be a
 * job of its own. What travels through Spark is the meeting's name.
 *
 * <p>Nothing depends on how long they wait: a part of a step is a function of the weights, the step
 * and the shards, done by whichever task comes first.
 */
final class Rendezvous implements AutoCloseable {
  private static final ConcurrentMap<Long, Rendezvous> OPEN = new ConcurrentHashMap<>();
  private static final UUID JVM = UUID.randomUUID();
  private static final AtomicLong NUMBERS = new AtomicLong();

  /** How long a task waits for the next step at least, and at most. */
  private static final long LEAST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(10);

  private static final long MOST_PATIENCE = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a task waits for others of its step, or else as long as a few steps take. */
  private static final long FOR_OTHERS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final int FEW_STEPS = 3;

  /** A task that waits looks so often whether it has been killed. */
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(5);

  /** One step: what its tasks read, and what they leave. */
  static final class Round {
    private final float[] weights;
    private final Step step;
    private final GradientSum[] sums;
    private int missing;

    private Round(float[] weights, Step step, int tasks) {
      this.weights = weights;
      this.step = step;
      this.sums = new GradientSum[tasks];
      this.missing = tasks;
    }

    float[] weights() {
      return weights;
    }

    Step step() {
      return step;
    }

    /** When it is complete, each partition's sum at its place. */
    GradientSum[] sums() {
      return sums;
    }
  }

  private final long number = NUMBERS.incrementAndGet();
  private final int tasks;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Round round;
  private long begunAt;
  private long completedAt;
  private long patience = LEAST_PATIENCE;
  private long forOthers = FOR_OTHERS;

  /** Tasks that have done their part leave, all of them, lest one does alone what all should. */
  private boolean isTurnOver;

  private boolean isOver;

  /** Opens one for steps of so many tasks. */
  Rendezvous(int tasks) {
    this.tasks = tasks;
    OPEN.put(number, this);
  }

  /**
   * What tasks find it by.
   *
   * @param jvm the driver's
   * @param number in it
   */
  record Name(UUID jvm, long number) implements Serializable {
    /**
     * The one of this name; null if it is over, as it is for a task that nobody waits for any more.
     *
     * @throws IllegalStateException if it is in another JVM
     */
    @Nullable Rendezvous find() {
      if (!jvm.equals(JVM)) {
        throw new IllegalStateException(
            "a task that passes weights by reference is not in the driver's JVM");
      }
      return OPEN.get(number);
    }
  }

  /** What tasks find it by. */
  Name name() {
    return new Name(JVM, number);
  }

  /**
   * Begins a step.
   *
   * @param isLast whether its tasks leave when they have done their part: it is then the last of
   *     its turn, after which {@link #isTurnOver} until the next job's begins
   */
  Round begin(float[] weights, Step step, boolean isLast) {
    lock.lock();
    try {
      Round next = new Round(weights, step, tasks);
      isTurnOver |= isLast;
      if (round != null) {
        long gap = System.nanoTime() - completedAt;
        patience = Math.max(LEAST_PATIENCE, Math.min(MOST_PATIENCE, 3 * gap));
      }
      round = next;
      begunAt = System.nanoTime();
      changed.signalAll();
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** A job begins, whose tasks stay until one has waited too long. */
  void beginTurn() {
    lock.lock();
    try {
      isTurnOver = false;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether tasks have begun to leave, so that the next step is for the next job's. It may not
   * begin before this job has ended: one that has not left yet would take its part, and then wait
   * for the others in vain.
   */
  boolean isTurnOver() {
    lock.lock();
    try {
      return isTurnOver;
    } finally {
      lock.unlock();
    }
  }

  /** The driver waits until a step is complete, or its job is over: whether it is complete. */
  boolean await(Round awaited, BooleanSupplier isJobOver) throws InterruptedException {
    lock.lock();
    try {
      while (awaited.missing > 0 && !isJobOver.getAsBoolean()) {
        changed.awaitNanos(MOST_PATIENCE);
      }
      return awaited.missing == 0;
    } finally {
      lock.unlock();
    }
  }

  /** Wakes who waits, as something has happened elsewhere. */
  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A task asks what to do, perhaps waiting for it.
   *
   * @param place its partition
   * @param stays whether it may wait
   * @param isKilled whether it shall end
   * @return a step whose part is wanted; null if the task shall end
   */
  @Nullable Round next(int place, boolean stays, BooleanSupplier isKilled) {
    long begin = System.nanoTime();
    lock.lock();
    try {
      while (!isOver && !isKilled.getAsBoolean()) {
        Round now = round;
        if (now != null && now.sums[place] == null) {
          return now;
        }
        if (!stays || isTurnOver) {
          return null;
        }
        boolean isComplete = now == null || now.missing == 0;
        long since = isComplete ? Math.max(begin, completedAt) : begin;
        long left = since + (isComplete ? patience : forOthers) - System.nanoTime();
        if (left <= 0) {
          isTurnOver = true;
          return null;
        }
        changed.awaitNanos(Math.min(left, LOOK));
      }
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** A task leaves its sum; of two for one place, as from a task's copy, the first counts. */
  void leave(Round of, int place, GradientSum sum) {
    lock.lock();
    try {
      if (of.sums[place] == null) {
        of.sums[place] = sum;
        of.missing--;
        if (of.missing == 0) {
          completedAt = System.nanoTime();
          forOthers = Math.max(FOR_OTHERS, FEW_STEPS * (completedAt - begunAt));
          changed.signalAll();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends the tasks away. */
  @Override
  public void close() {
    OPEN.remove(number);
    lock.lock();
    try {
      isOver = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
