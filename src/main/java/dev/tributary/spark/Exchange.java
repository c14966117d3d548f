package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.train.GradientSum;

/**
 * How the weights go to the tasks of a step and their sums come back to be added. Every exchange
 * returns the same bytes.
 */
interface Exchange extends AutoCloseable {
  /**
   * The sum over all shards; valid until the next call.
   *
   * @param weights as they are computed with: rounded, if they are sent rounded
   */
  GradientSum gradient(float[] weights, Step step);

  @Override
  void close();
}
