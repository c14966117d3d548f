package dev.tributary.optim;

import java.io.Serializable;

/**
 * The learning rate as a function of time.
 *
 * <p>Schedules are pure: a resumed run asks for step 1,000 and gets what the uninterrupted run got.
 */
@FunctionalInterface
public interface Schedule extends Serializable {
  /**
   * The rate of one step.
   *
   * @param time the number of steps (or epochs, as the schedule is counted) before it, from 0
   */
  double rate(long time);

  /** The same rate for ever. */
  static Schedule constant(double rate) {
    checkRate(rate);
    return time -> rate;
  }

  /**
   * {@code rate · factor^⌊time / every⌋}: multiplied by {@code factor} every so often.
   *
   * @throws IllegalArgumentException if {@code every} is below 1 or {@code factor} is not positive
   */
  static Schedule step(double rate, long every, double factor) {
    checkRate(rate);
    if (every < 1) {
      throw new IllegalArgumentException("every must be at least 1, not " + every);
    }
    if (!(factor > 0)) {
      throw new IllegalArgumentException("factor must be above 0, not " + factor);
    }
    return time -> {
      long times = time / every;
      return rate * Math.pow(factor, (double) times);
    };
  }

  private static void checkRate(double rate) {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("rate must be above 0 and finite, not " + rate);
    }
  }
}
