package dev.tributary.train;

import dev.tributary.data.Step;

/**
 * A step that was made.
 *
 * @param step which one
 * @param rate the learning rate it used
 * @param samples samples in its mini-batch
 * @param lossSum their loss before the update, summed
 */
public record TrainedStep(Step step, double rate, long samples, double lossSum) {
  /** The mean loss of the mini-batch; NaN for an empty one. */
  public double loss() {
    return lossSum / samples;
  }
}
