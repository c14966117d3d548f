package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Locale;

/** A shift by any fraction of a pixel, with 0 where nothing comes from. */
public final class Shift implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final double vertical;
  private final double horizontal;

  /**
   * Of images of this shape.
   *
   * @param vertical at most up or down, as a share of the height, in [0, 1)
   * @param horizontal at most left or right, as a share of the width, in [0, 1)
   */
  public Shift(Shape shape, double vertical, double horizontal) {
    this.shape = shape;
    this.vertical = vertical;
    this.horizontal = horizontal;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    double ty = (2 * random.nextDouble() - 1) * vertical * shape.height();
    double tx = (2 * random.nextDouble() - 1) * horizontal * shape.width();
    System.arraycopy(images, at, scratch, 0, shape.size());
    new Resampling(shape, 1, 0, 0, 1, ty, tx).apply(scratch, images, at);
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "shift by up to %.3g of the height and %.3g of the width",
        vertical,
        horizontal);
  }
}
