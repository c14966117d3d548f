package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.Locale;

/**
 * The image with a border around it, cut to its own size at a random place: a shift by whole
 * pixels, up to the border's width.
 */
public final class Crop implements Alteration {
  private static final long serialVersionUID = 1L;

  /** What lies around an image. */
  public enum Border {
    /** 0. */
    ZERO,
    /** The nearest pixel. */
    EDGE,
    /** The image's mirror image, its outermost pixel not repeated. */
    REFLECT
  }

  private final Shape shape;
  private final int vertical;
  private final int horizontal;
  private final Border border;

  /**
   * Of images of this shape.
   *
   * @param vertical the border above and below, in pixels
   * @param horizontal the border on both sides, in pixels
   * @throws IllegalArgumentException if the border is wider than the image less a pixel
   */
  public Crop(Shape shape, int vertical, int horizontal, Border border) {
    if (vertical >= shape.height() || horizontal >= shape.width()) {
      throw new IllegalArgumentException(
          String.format(
              "padding %dx%d would leave nothing of an image of %dx%d; give less",
              vertical, horizontal, shape.height(), shape.width()));
    }
    this.shape = shape;
    this.vertical = vertical;
    this.horizontal = horizontal;
    this.border = border;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    int dy = random.nextInt(2 * vertical + 1) - vertical;
    int dx = random.nextInt(2 * horizontal + 1) - horizontal;
    System.arraycopy(images, at, scratch, 0, shape.size());
    int row = shape.width() * shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      int from = place(y + dy, shape.height());
      if (from < 0) {
        Arrays.fill(images, at + y * row, at + (y + 1) * row, 0f);
      } else {
        copyRow(scratch, from * row, images, at + y * row, dx);
      }
    }
  }

  private void copyRow(float[] source, int from, float[] target, int to, int dx) {
    int width = shape.width();
    int channels = shape.channels();
    int first = Math.max(0, -dx);
    int last = Math.min(width, width - dx);
    System.arraycopy(
        source,
        from + (first + dx) * channels,
        target,
        to + first * channels,
        (last - first) * channels);
    copyBorder(source, from, target, to, dx, 0, first);
    copyBorder(source, from, target, to, dx, last, width);
  }

  /** Columns {@code first … last − 1}, which come from beyond the image. */
  private void copyBorder(
      float[] source, int from, float[] target, int to, int dx, int first, int last) {
    int channels = shape.channels();
    for (int x = first; x < last; x++) {
      int place = place(x + dx, shape.width());
      for (int c = 0; c < channels; c++) {
        target[to + x * channels + c] = place < 0 ? 0f : source[from + place * channels + c];
      }
    }
  }

  /** Where a row or column of the bordered image comes from; −1 for nowhere. */
  private int place(int i, int length) {
    if (i >= 0 && i < length) {
      return i;
    }
    return switch (border) {
      case ZERO -> -1;
      case EDGE -> i < 0 ? 0 : length - 1;
      case REFLECT -> i < 0 ? -i : 2 * (length - 1) - i;
    };
  }

  @Override
  public String describe() {
    return String.format(
        "crop by up to %d x %d pixels (height x width), border %s",
        vertical, horizontal, border.name().toLowerCase(Locale.ROOT));
  }
}
