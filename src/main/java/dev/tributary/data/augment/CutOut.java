package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Arrays;

/**
 * A rectangle around a random pixel becomes 0; it may reach over the image's edge. (DeVries,
 * Taylor: "Improved regularization of convolutional neural networks with cutout", 2017.)
 */
public final class CutOut implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final int height;
  private final int width;

  /**
   * Of images of this shape.
   *
   * @param height the rectangle's, in pixels
   * @param width the rectangle's, in pixels
   * @throws IllegalArgumentException if it is larger than the image
   */
  public CutOut(Shape shape, int height, int width) {
    if (height > shape.height() || width > shape.width()) {
      throw new IllegalArgumentException(
          String.format(
              "size %dx%d is more than the image of %dx%d",
              height, width, shape.height(), shape.width()));
    }
    this.shape = shape;
    this.height = height;
    this.width = width;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    int top = random.nextInt(shape.height()) - height / 2;
    int left = random.nextInt(shape.width()) - width / 2;
    int first = Math.max(0, left);
    int last = Math.min(shape.width(), left + width);
    for (int y = Math.max(0, top); y < Math.min(shape.height(), top + height); y++) {
      int row = at + y * shape.width() * shape.channels();
      Arrays.fill(images, row + first * shape.channels(), row + last * shape.channels(), 0f);
    }
  }

  @Override
  public String describe() {
    return String.format("cut out %d x %d pixels", height, width);
  }
}
