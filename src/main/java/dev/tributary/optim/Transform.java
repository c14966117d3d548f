package dev.tributary.optim;

import java.io.Serializable;
import java.util.List;

/**
 * One link of an optimizer: it turns an update into a better one, with the help of slots that the
 * caller owns. The first link receives the mean gradient.
 *
 * <p>Saving the slots is all there is to resuming.
 */
interface Transform extends Serializable {
  /** Arrays it keeps from step to step, each as long as the weights and 0 at the start. */
  default int slots() {
    return 0;
  }

  /** Whether a part of the weights can be updated without the rest: no norm is taken. */
  default boolean isByPart() {
    return true;
  }

  /**
   * Rewrites the update of some tensors.
   *
   * @param update the update so far, to be subtracted from the weights after the last link
   * @param weights the weights before the step
   * @param slots this link's arrays
   * @param tensors neighbours, in the order in which they lie
   * @param step the step's number, from 1
   */
  void apply(float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step);

  /** A link that treats every value by itself. */
  interface ByValue extends Transform {
    /** Rewrites {@code update[from … to − 1]}. */
    void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step);

    @Override
    default void apply(
        float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step) {
      int from = tensors.get(0).from();
      int to = tensors.get(tensors.size() - 1).to();
      apply(update, weights, slots, from, to, step);
    }
  }
}
