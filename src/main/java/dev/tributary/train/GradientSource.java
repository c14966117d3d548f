package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.tensor.Ranges;
import dev.tributary.tensor.Wire;
import org.jspecify.annotations.Nullable;

/**
 * The one seam between the mathematics and the machinery: where a step's gradient comes from. Every
 * source returns the same bytes for the same arguments.
 */
public interface GradientSource extends AutoCloseable {
  /** Samples in the data set. */
  long samples();

  /** What it rounds the weights to before it computes, and gradients when they are added. */
  Wire wire();

  /** The threads that may move the weights, while nobody computes gradients. */
  default Ranges ranges() {
    return Ranges.ONE;
  }

  /**
   * The gradient and loss of one step's mini-batch, summed over its samples.
   *
   * @param weights the network's flat weights; not kept
   * @return valid until the next call; the caller may write to it
   */
  GradientSum gradient(float[] weights, Step step);

  /**
   * Makes a step again whose gradient is not finite, and looks for where that began.
   *
   * @param weights those that the gradient was asked for with
   * @return the first shard with something that is not finite; null if each one's part is finite
   */
  default @Nullable NonFiniteShard findNonFinite(float[] weights, Step step) {
    return null;
  }

  @Override
  void close();
}
