package dev.tributary.nn;

import java.io.Serializable;

/**
 * What training makes small: a sum over the samples, each times its weight, in double precision.
 * Only the trainer divides, once, by the sum of the weights.
 *
 * <p>It works on the heap: predictions are few beside what leads to them, and a loss in plain
 * double arithmetic is the same under every engine.
 */
public interface Loss extends Serializable {
  /** Its name in a job file. */
  String name();

  /**
   * The loss of a batch and its derivative by the prediction.
   *
   * @param batch labels or targets, and weights
   * @param outputs values in one prediction
   * @param prediction the network's output, (n, outputs)
   * @param dPrediction where the derivative goes, of the same shape
   * @return the sum over the batch's samples
   */
  double evaluate(Batch batch, int outputs, double[] prediction, double[] dPrediction);

  /** What a mean over the batch's samples divides by: the sum of their weights. */
  default double weight(Batch batch) {
    return batch.weight();
  }

  /** Whether the outputs compete, the largest being the class chosen. */
  default boolean choosesOne() {
    return true;
  }

  /** Whether {@link #toProbabilities} gives probabilities. */
  default boolean givesProbabilities() {
    return false;
  }

  /** Turns predictions, (n, outputs), into probabilities in place, if the loss says how. */
  default void toProbabilities(int n, int outputs, float[] prediction) {}

  /** A single output above this, as the network gives it, means class 1. */
  default float threshold() {
    return 0.5f;
  }
}
