package dev.tributary.data;

import java.util.Optional;
import java.util.stream.Stream;

/** How the features of a sample are kept. What the network reads is float32 in any case. */
public enum FeatureKind {
  /** 8 bits each, standing for the value / 255. */
  PIXELS(0),

  /** A float32 each. */
  FLOATS(1),

  /** Only those that are not 0: pairs of an index and a float32, made dense in a batch alone. */
  SPARSE(2);

  private final int code;

  FeatureKind(int code) {
    this.code = code;
  }

  /** The number that stands for it in files. */
  public int code() {
    return code;
  }

  /** The kind of a code, if there is one. */
  public static Optional<FeatureKind> of(int code) {
    return Stream.of(values()).filter(kind -> kind.code == code).findFirst();
  }
}
