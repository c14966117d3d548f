package dev.tributary.optim;

import java.io.Serializable;

/**
 * The learning rate as a function of time, counted in steps.
 *
 * <p>Schedules are pure: a resumed run asks for step 1,000 and gets what the uninterrupted run got.
 * Where a length need not be whole, neither need time be.
 */
@FunctionalInterface
public interface Schedule extends Serializable {
  /**
   * The rate of one step.
   *
   * @param time the steps before it, from 0
   */
  double rate(double time);

  /** The same rate for ever. */
  static Schedule constant(double rate) {
    checkRate(rate);
    return time -> rate;
  }

  /**
   * {@code rate · factor^⌊time / every⌋}: multiplied by {@code factor} every so often.
   *
   * @throws IllegalArgumentException if {@code every} or {@code factor} is not positive
   */
  static Schedule step(double rate, double every, double factor) {
    checkRate(rate);
    checkPositive("every", every);
    checkPositive("factor", factor);
    return time -> rate * Math.pow(factor, Math.floor(time / every));
  }

  /**
   * {@code rate · factor^k}, k being how many of some times have come.
   *
   * @param at times from small to large
   * @throws IllegalArgumentException if they are not, or {@code factor} is not positive
   */
  static Schedule multiStep(double rate, double[] at, double factor) {
    checkRate(rate);
    checkPositive("factor", factor);
    double[] times = at.clone();
    for (int i = 0; i < times.length; i++) {
      if (!(times[i] > (i == 0 ? 0 : times[i - 1]))) {
        throw new IllegalArgumentException(
            "the times at which the rate changes must be above 0 and grow: " + times[i]);
      }
    }
    return time -> {
      int come = 0;
      while (come < times.length && time >= times[come]) {
        come++;
      }
      return rate * Math.pow(factor, come);
    };
  }

  /**
   * {@code rate · factor^(time / every)}: by the factor each {@code every}, smoothly.
   *
   * @throws IllegalArgumentException if {@code every} or {@code factor} is not positive
   */
  static Schedule exponential(double rate, double every, double factor) {
    checkRate(rate);
    checkPositive("every", every);
    checkPositive("factor", factor);
    return time -> rate * Math.pow(factor, time / every);
  }

  /**
   * Half a cosine from the rate to the minimum: {@code min + (rate − min) (1 + cos(π time /
   * length)) / 2}, then the minimum. (Loshchilov, Hutter: "SGDR", 2017, equation 5, without
   * restarts.)
   *
   * @throws IllegalArgumentException if {@code length} is not positive or the minimum not in [0,
   *     rate]
   */
  static Schedule cosine(double rate, double length, double minimum) {
    checkRate(rate);
    checkPositive("length", length);
    if (!(minimum >= 0 && minimum <= rate)) {
      throw new IllegalArgumentException(
          "minimum must be from 0 to the rate " + rate + ", not " + minimum);
    }
    return time ->
        minimum + (rate - minimum) * (1 + Math.cos(Math.PI * Math.min(1, time / length))) / 2;
  }

  /** {@code rate · (1 − time / length)^power}, then 0: with power 1 a straight line. */
  static Schedule polynomial(double rate, double length, double power) {
    checkRate(rate);
    checkPositive("length", length);
    checkPositive("power", power);
    return time -> rate * Math.pow(1 - Math.min(1, time / length), power);
  }

  /**
   * A straight line from {@code startFactor · rate} to the rate, which then stays.
   *
   * @throws IllegalArgumentException if {@code startFactor} is not in (0, 1]
   */
  static Schedule linearWarmUp(double rate, double length, double startFactor) {
    checkRate(rate);
    checkPositive("length", length);
    if (!(startFactor > 0 && startFactor <= 1)) {
      throw new IllegalArgumentException(
          "start_factor must be above 0 and at most 1, not " + startFactor);
    }
    return time -> rate * (startFactor + (1 - startFactor) * Math.min(1, time / length));
  }

  /**
   * One cycle: half a cosine up from {@code rate / startDivisor} to the rate, which is the highest,
   * and half a cosine down to {@code rate / startDivisor / endDivisor}, reached at the last of
   * {@code length} steps. (Smith, Topin: "Super-convergence", 2018, in PyTorch's form.)
   *
   * @param rise the share of the length that goes up, in (0, 1)
   */
  static Schedule oneCycle(
      double rate, double length, double rise, double startDivisor, double endDivisor) {
    checkRate(rate);
    checkPositive("length", length);
    checkPositive("start_divisor", startDivisor);
    checkPositive("end_divisor", endDivisor);
    if (!(rise > 0 && rise < 1)) {
      throw new IllegalArgumentException("rise must be above 0 and below 1, not " + rise);
    }
    double low = rate / startDivisor;
    double last = low / endDivisor;
    double top = Math.max(0, rise * length - 1);
    double end = Math.max(top, length - 1);
    return time ->
        time < top
            ? halfCosine(low, rate, time / top)
            : halfCosine(rate, last, end == top ? 1 : Math.min(1, (time - top) / (end - top)));
  }

  private static double halfCosine(double from, double to, double share) {
    return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
  }

  /**
   * This schedule up to {@code length}, and from there the next, which begins at its own time 0.
   */
  default Schedule then(double length, Schedule next) {
    return time -> time < length ? rate(time) : next.rate(time - length);
  }

  /** This schedule, looked at only every so often: the rate stays in between. */
  default Schedule every(double period) {
    checkPositive("period", period);
    return time -> rate(Math.floor(time / period) * period);
  }

  private static void checkRate(double rate) {
    checkPositive("rate", rate);
  }

  private static void checkPositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be above 0 and finite, not " + value);
    }
  }
}
