package dev.tributary.train;

import dev.tributary.data.Step;

/**
 * The one seam between the mathematics and the machinery: where a step's gradient comes from. Every
 * source returns the same bytes for the same arguments.
 */
public interface GradientSource extends AutoCloseable {
  /** Samples in the data set. */
  long samples();

  /**
   * The gradient and loss of one step's mini-batch, summed over its samples.
   *
   * @param weights the network's flat weights; not kept
   * @return valid until the next call; the caller may write to it
   */
  GradientSum gradient(float[] weights, Step step);

  @Override
  void close();
}
