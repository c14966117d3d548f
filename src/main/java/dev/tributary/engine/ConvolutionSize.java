package dev.tributary.engine;

import dev.tributary.tensor.Shape;
import java.io.Serializable;

/**
 * The sizes of a convolution.
 *
 * @param input (height, width, channels)
 * @param filters channels of the output
 * @param vertical how the kernel slides down
 * @param horizontal how it slides across
 * @param groups channels and filters are divided into this many groups that do not mix
 * @param algorithm how it is computed; an engine that knows only one takes that
 */
public record ConvolutionSize(
    Shape input,
    int filters,
    Window vertical,
    Window horizontal,
    int groups,
    ConvolutionAlgorithm algorithm)
    implements Serializable {

  /** A convolution computed as the engine chooses. */
  public ConvolutionSize(Shape input, int filters, Window vertical, Window horizontal, int groups) {
    this(input, filters, vertical, horizontal, groups, ConvolutionAlgorithm.AUTO);
  }

  /** The same, computed by this algorithm. */
  public ConvolutionSize by(ConvolutionAlgorithm other) {
    return new ConvolutionSize(input, filters, vertical, horizontal, groups, other);
  }

  /** (output height, output width, filters). */
  public Shape output() {
    return Shape.image(outputHeight(), outputWidth(), filters);
  }

  /** Positions of the kernel from top to bottom. */
  public int outputHeight() {
    return vertical.positions(input.height());
  }

  /** Positions of the kernel from left to right. */
  public int outputWidth() {
    return horizontal.positions(input.width());
  }

  /** Channels that one filter sees. */
  public int groupChannels() {
    return input.channels() / groups;
  }

  /** Filters in one group. */
  public int groupFilters() {
    return filters / groups;
  }

  /**
   * Values that one filter sees at one position: kernel height x kernel width x channels / groups.
   */
  public int patch() {
    return vertical.kernel() * horizontal.kernel() * groupChannels();
  }
}
