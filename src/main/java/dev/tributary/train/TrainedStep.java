package dev.tributary.train;

import dev.tributary.data.Step;

/**
 * A step that was made.
 *
 * @param step which one
 * @param rate the learning rate it used
 * @param samples samples in its mini-batch
 * @param weight their weights, summed; their number, if none has a weight
 * @param lossSum their loss before the update, summed, and for each the penalties on the weights
 */
public record TrainedStep(Step step, double rate, long samples, double weight, double lossSum) {
  /** The mean loss of the mini-batch; NaN if it weighs nothing. */
  public double loss() {
    return lossSum / weight;
  }
}
