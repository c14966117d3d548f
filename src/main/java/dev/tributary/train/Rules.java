package dev.tributary.train;

import dev.tributary.train.metrics.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When a run evaluates, what it keeps, and when it ends before its last epoch.
 *
 * @param validate when the weights are evaluated
 * @param metric what tells a better evaluation from a worse one
 * @param keepBest whether the weights of the best evaluation are kept, and not the last
 * @param stop when to end
 * @param plateau what to do when the metric no longer gets better, if anything
 * @param divergence what to do when it diverges
 */
public record Rules(
    Interval validate,
    Metric metric,
    boolean keepBest,
    Stop stop,
    @Nullable Plateau plateau,
    Divergence divergence) {
  /** Rules of a run that ends where it diverges. */
  public Rules(
      Interval validate, Metric metric, boolean keepBest, Stop stop, @Nullable Plateau plateau) {
    this(validate, metric, keepBest, stop, plateau, new Divergence(null, null));
  }

  /** Whether evaluations decide anything: when to stop, what to keep, or the rate. */
  public boolean chooses() {
    return keepBest || stop.patience() != null || stop.target() != null || plateau != null;
  }

  /** The same but for when it ends; an end by the clock keeps the best weights so far. */
  public Rules inMinutes(double minutes) {
    Double own = stop.minutes();
    Stop sooner =
        new Stop(
            stop.patience(),
            stop.minChange(),
            stop.target(),
            stop.steps(),
            own == null ? minutes : Math.min(own, minutes));
    return new Rules(validate, metric, true, sooner, plateau, divergence);
  }

  /**
   * Refuses what cannot be followed.
   *
   * @param metrics the names of the metrics that evaluations give
   * @param evaluates whether there is data to evaluate on
   * @throws IllegalArgumentException if the metric is not among them, or there is no data
   */
  public void check(List<String> metrics, boolean evaluates) {
    if (!metrics.contains(metric.name())) {
      throw new IllegalArgumentException(
          String.format(
              "train.metric = %s is not a metric of this task; known here: %s",
              metric.name(), String.join(", ", metrics)));
    }
    if (chooses() && !evaluates) {
      throw new IllegalArgumentException(
          "train.keep, train.stop and train.on_plateau look at evaluations, but there is no data to"
              + " evaluate on; give data.validation_share, such as 0.1, data.validation or"
              + " data.test");
    }
  }

  /**
   * When to end; what is null does not end a run.
   *
   * @param patience after so many evaluations without a better one
   * @param minChange what counts as better
   * @param target when the metric is as good as this
   * @param steps after so many steps
   * @param minutes when so many minutes have gone; unlike all else this depends on the machine
   */
  public record Stop(
      @Nullable Integer patience,
      double minChange,
      @Nullable Double target,
      @Nullable Integer steps,
      @Nullable Double minutes) {}

  /**
   * A smaller rate when the metric no longer gets better.
   *
   * @param factor what the rate is multiplied by
   * @param patience evaluations without a better one before that
   * @param minChange what counts as better
   */
  public record Plateau(double factor, int patience, double minChange) {}

  /**
   * What to do when a run diverges.
   *
   * @param rollback how to go back; null to end the run
   * @param spike a loss so many times that of the steps before is divergence too; null for none
   */
  public record Divergence(@Nullable Rollback rollback, @Nullable Double spike) {}

  /**
   * Going back to where all was well, to go on from there with a smaller rate.
   *
   * @param every steps from one place to go back to, to the next
   * @param factor what the rate is multiplied by
   * @param most how often in a run
   */
  public record Rollback(int every, double factor, int most) {}
}
