package dev.tributary.optim;

import java.io.Serializable;

/**
 * One link of an optimizer: it turns an update into a better one, value by value, with the help of
 * slots that the caller owns. The first link receives the mean gradient.
 *
 * <p>Because every value is treated by itself, any range of the weights can be updated by whoever
 * owns it, and saving the slots is all there is to resuming.
 */
public interface Transform extends Serializable {
  /** Arrays it keeps from step to step, each as long as the weights and 0 at the start. */
  int slots();

  /**
   * Rewrites {@code update[from … to − 1]}.
   *
   * @param update the update so far, to be subtracted from the weights after the last link
   * @param weights the weights before the step
   * @param slots this link's arrays
   * @param step the step's number, from 1
   */
  void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step);
}
