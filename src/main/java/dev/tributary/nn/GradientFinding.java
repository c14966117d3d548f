package dev.tributary.nn;

import java.util.List;

/**
 * What {@link GradientCheck} found of the gradient by one array: a layer's parameter, a layer's
 * input, or the network's prediction. Errors are shares of the array's largest derivative.
 *
 * @param layer the layer's place, from 0; for the prediction, the number of layers
 * @param function the layer in words, or the loss's name
 * @param variable the array: {@code weight}, {@code x}
 * @param dimensions its dimensions, outermost first
 * @param checked derivatives compared with a numeric slope
 * @param kinks derivatives passed over, as the function has a kink there
 * @param formulas the largest error of the derivatives by the formulas, in double precision
 * @param engine the largest error of the engine's derivatives, in float32
 */
public record GradientFinding(
    int layer,
    String function,
    String variable,
    List<Integer> dimensions,
    int checked,
    int kinks,
    Worst formulas,
    Worst engine) {

  /** What the formulas may be off by: what a numeric slope in double precision is off by. */
  public static final double FORMULAS_TOLERANCE = 1e-6;

  /**
   * What an engine may be off by: float32's roundings, which batch normalisation of a few samples
   * magnifies, as nearly all of a gradient cancels there.
   */
  public static final double ENGINE_TOLERANCE = 1e-3;

  /** The share of an array's samples that may be kinks before it is not judged. */
  public static final double MOST_KINKS = 0.5;

  /**
   * The largest error of all.
   *
   * @param error as a share of the array's largest derivative
   * @param index where, in the flat array
   * @param slope the numeric slope
   * @param claimed the derivative
   */
  public record Worst(double error, int index, double slope, double claimed) {
    static final Worst NONE = new Worst(0, 0, 0, 0);

    Worst or(double otherError, int otherIndex, double otherSlope, double otherClaimed) {
      // Not a number is worse than any.
      return Double.isNaN(error) || otherError <= error
          ? this
          : new Worst(otherError, otherIndex, otherSlope, otherClaimed);
    }
  }

  /** Whether enough of the array is free of kinks for a judgement. */
  public boolean isJudged() {
    return kinks <= MOST_KINKS * (checked + kinks);
  }

  /** Whether the layer's backward, or the loss's derivative, agrees with its forward. */
  public boolean formulasAgree() {
    return !isJudged() || formulas.error() <= FORMULAS_TOLERANCE;
  }

  /** Whether the engine's arithmetic agrees with the definitions. */
  public boolean engineAgrees() {
    return !isJudged() || engine.error() <= ENGINE_TOLERANCE;
  }

  /** A place in the array as its indices, from 0: {@code weight[3, 0, 2, 1]}. */
  public String place(int index) {
    StringBuilder indices = new StringBuilder("]");
    int rest = index;
    for (int d = dimensions.size() - 1; d >= 0; d--) {
      indices.insert(0, rest % dimensions.get(d)).insert(0, d == 0 ? "[" : ", ");
      rest /= dimensions.get(d);
    }
    return variable + indices;
  }
}
