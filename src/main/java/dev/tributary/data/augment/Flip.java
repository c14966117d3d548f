package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;

/** The mirror image. Given with a probability: one half, most often. */
public final class Flip implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final boolean horizontal;

  /**
   * Of images of this shape.
   *
   * @param horizontal whether left and right change places, and not top and bottom
   */
  public Flip(Shape shape, boolean horizontal) {
    this.shape = shape;
    this.horizontal = horizontal;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    int row = shape.width() * shape.channels();
    if (!horizontal) {
      // Rows as pixels of one tall, narrow image.
      mirror(images, at, shape.height(), row);
      return;
    }
    for (int y = 0; y < shape.height(); y++) {
      mirror(images, at + y * row, shape.width(), shape.channels());
    }
  }

  /** Reverses the order of {@code count} runs of {@code length} values. */
  private static void mirror(float[] values, int at, int count, int length) {
    for (int i = 0, j = count - 1; i < j; i++, j--) {
      for (int k = 0; k < length; k++) {
        float left = values[at + i * length + k];
        values[at + i * length + k] = values[at + j * length + k];
        values[at + j * length + k] = left;
      }
    }
  }

  @Override
  public String describe() {
    return "flip, " + (horizontal ? "left to right" : "top to bottom");
  }
}
