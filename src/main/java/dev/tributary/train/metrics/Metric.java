package dev.tributary.train.metrics;

import java.util.Set;

/**
 * A metric by which one model is better than another.
 *
 * @param name as {@link Evaluation#metrics} has it
 */
public record Metric(String name) {
  private static final Set<String> LOWER_IS_BETTER = Set.of("loss", "log_loss", "rmse", "mae");

  /** Its value in an evaluation. */
  public double of(Evaluation evaluation) {
    Double value = evaluation.metrics().get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no metric " + name + "; known: " + String.join(", ", evaluation.metrics().keySet()));
    }
    return value;
  }

  /** Whether {@code value} is better than {@code other} by more than {@code margin}. */
  public boolean isBetter(double value, double other, double margin) {
    return LOWER_IS_BETTER.contains(name) ? value < other - margin : value > other + margin;
  }

  /** Whether {@code value} is as good as {@code target}, or better. */
  public boolean reaches(double value, double target) {
    return LOWER_IS_BETTER.contains(name) ? value <= target : value >= target;
  }

  /** What every value is better than. */
  public double worst() {
    return LOWER_IS_BETTER.contains(name) ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
  }
}
