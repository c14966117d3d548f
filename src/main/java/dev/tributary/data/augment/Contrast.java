package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import dev.tributary.tensor.Shape;
import java.util.Locale;

/**
 * {@code mean + (x − mean) f}, f being uniform in [1 − most, 1 + most] and the mean that of all the
 * image's values. None is clipped.
 */
public final class Contrast implements Alteration {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final double most;

  /** Of images of this shape. */
  public Contrast(Shape shape, double most) {
    this.shape = shape;
    this.most = most;
  }

  @Override
  public void apply(Philox random, float[] images, int at, float[] scratch) {
    float factor = (float) (1 + (2 * random.nextDouble() - 1) * most);
    double sum = 0;
    for (int i = at; i < at + shape.size(); i++) {
      sum += images[i];
    }
    float mean = (float) (sum / shape.size());
    for (int i = at; i < at + shape.size(); i++) {
      images[i] = mean + (images[i] - mean) * factor;
    }
  }

  @Override
  public String describe() {
    return String.format(Locale.ROOT, "contrast times %.3g to %.3g", 1 - most, 1 + most);
  }
}
