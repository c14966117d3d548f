package dev.tributary.engine;

import dev.tributary.tensor.Shape;
import java.io.Serializable;

/**
 * The sizes of a pooling.
 *
 * @param kind what a window gives
 * @param input (height, width, channels)
 * @param vertical how the window slides down
 * @param horizontal how it slides across
 * @param roundUp whether pixels left over at the end get a window of their own ("ceil mode")
 * @param countPadding whether an average counts the padding's zeros as values
 */
public record PoolSize(
    Kind kind,
    Shape input,
    Window vertical,
    Window horizontal,
    boolean roundUp,
    boolean countPadding)
    implements Serializable {

  /** What a window gives. */
  public enum Kind {
    /** Its largest value; padding never wins. */
    MAX,
    /** The mean of its values. */
    AVERAGE
  }

  /** (output height, output width, channels). */
  public Shape output() {
    return Shape.image(outputHeight(), outputWidth(), input.channels());
  }

  /** Positions of the window from top to bottom. */
  public int outputHeight() {
    return positions(vertical, input.height());
  }

  /** Positions of the window from left to right. */
  public int outputWidth() {
    return positions(horizontal, input.width());
  }

  private int positions(Window window, int length) {
    return roundUp ? window.positionsRoundedUp(length) : window.positions(length);
  }

  /**
   * Values of a buffer that an engine may need, a sample, to remember where each window's largest
   * value was: a byte for each window of under 256 pixels, and 4 for larger ones.
   */
  public int memory() {
    boolean bytes = (long) vertical.kernel() * horizontal.kernel() < 256;
    return bytes ? (output().size() + Float.BYTES - 1) / Float.BYTES : output().size();
  }
}
