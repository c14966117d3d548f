package dev.tributary.data;

import dev.tributary.tensor.Shape;
import java.io.Serializable;

/**
 * What each sample of a data set holds.
 *
 * @param shape its features
 * @param kind how they are kept
 * @param targets numbers to predict; 0 where a class is to be predicted
 * @param weighted whether it has a weight
 */
public record Schema(Shape shape, FeatureKind kind, int targets, boolean weighted)
    implements Serializable {
  /** An index and a value. */
  static final int PAIR = Integer.BYTES + Float.BYTES;

  /** Of dense features: 8-bit pixels, or float32. */
  public Schema(Shape shape, boolean pixels, int targets, boolean weighted) {
    this(shape, pixels ? FeatureKind.PIXELS : FeatureKind.FLOATS, targets, weighted);
  }

  /** Images of 8-bit pixels, a class for each. */
  public static Schema images(Shape shape) {
    return new Schema(shape, true, 0, false);
  }

  /** Whether a feature is 8 bits. */
  public boolean pixels() {
    return kind == FeatureKind.PIXELS;
  }

  /** Whether samples differ in length, as only features other than 0 are kept. */
  public boolean sparse() {
    return kind == FeatureKind.SPARSE;
  }

  /** Bytes of targets and weight, which follow the features. */
  public int tailBytes() {
    return Math.multiplyExact(Float.BYTES, targets + (weighted ? 1 : 0));
  }

  /** Bytes of a sample: features, targets and weight, one after the other; if sparse, the least. */
  public int bytes() {
    return Math.addExact(leastFeatureBytes(), tailBytes());
  }

  /** The most bytes a sample can have. */
  public long mostBytes() {
    return sparse() ? (long) PAIR * shape.size() + tailBytes() : bytes();
  }

  private int leastFeatureBytes() {
    return switch (kind) {
      case PIXELS -> shape.size();
      case FLOATS -> Math.multiplyExact(Float.BYTES, shape.size());
      case SPARSE -> 0;
    };
  }
}
