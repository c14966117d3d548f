package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Locale;

/** {@code x + b}, b being uniform in [−most, most]. Pixels of 8 bits are 0 … 1; none is clipped. */
public final class Brightness implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final double most;

  /** Of images of this shape. */
  public Brightness(Shape shape, double most) {
    this.shape = shape;
    this.most = most;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    float added = (float) ((2 * random.nextDouble() - 1) * most);
    for (int i = at; i < at + shape.size(); i++) {
      images[i] += added;
    }
  }

  @Override
  public String describe() {
    return String.format(Locale.ROOT, "brightness changed by up to %.3g", most);
  }
}
