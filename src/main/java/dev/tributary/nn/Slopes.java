package dev.tributary.nn;

import java.util.function.DoubleUnaryOperator;

/**
 * What a function's values a little to the left and to the right of a point say about its slope
 * there.
 *
 * @param left the slope from the point on the left
 * @param right the slope to the point on the right
 * @param centred the slope from the point on the left to that on the right: with a step h, off by
 *     {@code h² f''' / 6} where the function is smooth
 * @param noise what the rounding of the function's values may add to a slope
 */
record Slopes(double left, double right, double centred, double noise) {
  /**
   * Units in the last place by which a value may be off: a loss is the end of long sums, whose
   * roundings mostly cancel.
   */
  private static final double ROUNDINGS = 8;

  /** With {@code middle} the function's value at the point. */
  static Slopes of(DoubleUnaryOperator f, double at, double middle, double step) {
    double up = at + step;
    double down = at - step;
    double after = f.applyAsDouble(up);
    double before = f.applyAsDouble(down);
    return new Slopes(
        (middle - before) / (at - down),
        (after - middle) / (up - at),
        (after - before) / (up - down),
        ROUNDINGS * Math.ulp(middle) / step);
  }

  /**
   * How far a claimed slope is from the centred one, as a share of {@code scale}, or of what makes
   * rounding the smallest error that is not tolerated.
   *
   * @param tolerance the error that is
   */
  double error(double claimed, double scale, double tolerance) {
    return Math.abs(claimed - centred) / Math.max(scale, noise / tolerance);
  }

  /** How far the two sides' slopes are apart, beyond rounding: {@code h f''}, or a kink. */
  double bend() {
    return Math.max(0, Math.abs(right - left) - 2 * noise);
  }
}
