package dev.tributary.spark;

import dev.tributary.train.GradientSum;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Steps that are under way in this JVM, by number: where driver and tasks are in one JVM they meet
 * here, and no weight or gradient is serialised. What travels through Spark is the number.
 */
final class LocalRounds {
  private static final ConcurrentMap<Long, Round> ROUNDS = new ConcurrentHashMap<>();
  private static final AtomicLong NUMBERS = new AtomicLong();

  private LocalRounds() {}

  /**
   * One step.
   *
   * @param weights what its tasks read
   * @param sums what they leave, each at its partition's place
   */
  @SuppressWarnings("ArrayRecordComponent") // shared memory is what it is for
  record Round(float[] weights, GradientSum[] sums) {}

  /** Begins a step of so many tasks; its number. */
  static long begin(float[] weights, int tasks) {
    long number = NUMBERS.incrementAndGet();
    ROUNDS.put(number, new Round(weights, new GradientSum[tasks]));
    return number;
  }

  /**
   * The step of this number.
   *
   * @throws IllegalStateException if it is over, as it is for a task that nobody waits for any more
   */
  static Round get(long number) {
    Round round = ROUNDS.get(number);
    if (round == null) {
      throw new IllegalStateException("this task's step is over, or is not of this JVM");
    }
    return round;
  }

  /** Ends a step. */
  static void end(long number) {
    ROUNDS.remove(number);
  }
}
