package dev.tributary.data;

import dev.tributary.tensor.Shape;
import java.io.Serializable;

/**
 * What each sample of a data set holds.
 *
 * @param shape its features
 * @param pixels whether a feature is 8 bits, standing for the value / 255, and not a float32
 * @param targets numbers to predict; 0 where a class is to be predicted
 * @param weighted whether it has a weight
 */
public record Schema(Shape shape, boolean pixels, int targets, boolean weighted)
    implements Serializable {
  /** Images of 8-bit pixels, a class for each. */
  public static Schema images(Shape shape) {
    return new Schema(shape, true, 0, false);
  }

  /** Bytes of the features. */
  int featureBytes() {
    return pixels ? shape.size() : Math.multiplyExact(Float.BYTES, shape.size());
  }

  /** Bytes of a sample: features, targets and weight, one after the other. */
  public int bytes() {
    int floats = targets + (weighted ? 1 : 0);
    return Math.addExact(featureBytes(), Math.multiplyExact(Float.BYTES, floats));
  }
}
