package dev.tributary.tensor;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The shape of one sample: {@code (features)} when flat, {@code (height, width, channels)} when an
 * image. A batch of n samples is n of these one after the other, row-major: {@code (n, features)}
 * or {@code (n, height, width, channels)}, so channels vary fastest (NHWC).
 *
 * <p>An image is flattened in that order: feature {@code (row * width + column) * channels +
 * channel}.
 */
public final class Shape implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[] dimensions;

  private Shape(int[] dimensions) {
    this.dimensions = dimensions;
  }

  /** A flat sample of this many features. */
  public static Shape flat(int features) {
    return of(features);
  }

  /** An image; a grey one has one channel. */
  public static Shape image(int height, int width, int channels) {
    return of(height, width, channels);
  }

  /**
   * A shape by its dimensions: one for a flat sample, three (height, width, channels) for an image.
   *
   * @throws IllegalArgumentException if a dimension is not positive, their number is not 1 or 3, or
   *     the sample would have more than 2^31 - 1 values
   */
  public static Shape of(int... dimensions) {
    if (dimensions.length != 1 && dimensions.length != 3) {
      throw new IllegalArgumentException(
          "a sample's shape has 1 dimension (features) or 3 (height, width, channels), not "
              + dimensions.length
              + ": "
              + Arrays.toString(dimensions));
    }
    long size = 1;
    for (int d : dimensions) {
      if (d < 1) {
        throw new IllegalArgumentException(
            "every dimension of a shape must be at least 1: " + Arrays.toString(dimensions));
      }
      size = Math.multiplyExact(size, (long) d);
      if (size > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "a sample of shape "
                + Arrays.toString(dimensions)
                + " is too large: over 2^31 - 1 values");
      }
    }
    return new Shape(dimensions.clone());
  }

  /** Values in one sample: the product of the dimensions. */
  public int size() {
    int size = 1;
    for (int d : dimensions) {
      size *= d;
    }
    return size;
  }

  /** Whether this is {@code (height, width, channels)}. */
  public boolean isImage() {
    return dimensions.length == 3;
  }

  /** Rows of an image. */
  public int height() {
    return imageDimension(0);
  }

  /** Columns of an image. */
  public int width() {
    return imageDimension(1);
  }

  /** Channels of an image: 1 when grey. */
  public int channels() {
    return imageDimension(2);
  }

  /** The dimensions, outermost first; a copy. */
  public int[] dimensions() {
    return dimensions.clone();
  }

  private int imageDimension(int axis) {
    if (!isImage()) {
      throw new IllegalStateException("not an image: " + this);
    }
    return dimensions[axis];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** {@code 784}, or {@code 28x28x1}. */
  @Override
  public String toString() {
    return Arrays.stream(dimensions).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }
}
