package dev.tributary.optim;

/**
 * A schedule whose lengths may be counted in epochs, or reach to the end of the run: both are known
 * only once the data is.
 */
@FunctionalInterface
public interface SchedulePlan {
  /**
   * The schedule of a run.
   *
   * @param stepsPerEpoch steps in an epoch
   * @param steps steps in the whole run
   */
  Schedule over(int stepsPerEpoch, long steps);
}
