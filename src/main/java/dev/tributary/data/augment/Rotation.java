package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Locale;

/** A turn around the centre, with 0 where nothing comes from. */
public final class Rotation implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final double degrees;

  /**
   * Of images of this shape.
   *
   * @param degrees at most, either way
   */
  public Rotation(Shape shape, double degrees) {
    this.shape = shape;
    this.degrees = degrees;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    double angle = Math.toRadians((2 * random.nextDouble() - 1) * degrees);
    double cos = StrictMath.cos(angle);
    double sin = StrictMath.sin(angle);
    System.arraycopy(images, at, scratch, 0, shape.size());
    new Resampling(shape, cos, sin, -sin, cos, 0, 0).apply(scratch, images, at);
  }

  @Override
  public String describe() {
    return String.format(Locale.ROOT, "rotate by up to %.4g degrees", degrees);
  }
}
