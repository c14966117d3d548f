package dev.tributary.nn;

import java.io.Serializable;
import java.util.List;

/**
 * One trained array of a layer: a slice of the network's flat weights.
 *
 * @param name {@code weight} or {@code bias}
 * @param dimensions its shape, outermost first
 * @param initializer how it starts
 * @param fanIn inputs that one output sums
 * @param fanOut outputs that one input reaches
 */
public record Parameter(
    String name, List<Integer> dimensions, Initializer initializer, int fanIn, int fanOut)
    implements Serializable {

  /** A bias of this many values, which starts at 0. */
  static Parameter bias(int size) {
    return new Parameter("bias", List.of(size), Initializer.ZERO, 1, 1);
  }

  /** Values in it. */
  public int size() {
    return dimensions.stream().reduce(1, Math::multiplyExact);
  }
}
