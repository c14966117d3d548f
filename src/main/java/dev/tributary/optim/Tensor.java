package dev.tributary.optim;

import java.io.Serializable;
import java.util.List;

/**
 * One parameter's place in the flat weights, and what its layer asks for it.
 *
 * @param from its first value
 * @param to behind its last value
 * @param isVector whether it has one dimension, as biases and the scales of normalisations do
 * @param tuning what differs from layer to layer
 */
public record Tensor(int from, int to, boolean isVector, Tuning tuning) implements Serializable {
  /**
   * What differs from layer to layer.
   *
   * @param rateFactor what the learning rate is multiplied by; 0 freezes
   * @param l1 the factor of {@code Σ |w|} in the loss; not for vectors
   * @param l2 the factor of {@code Σ w²/2} in the loss; not for vectors
   */
  public record Tuning(double rateFactor, double l1, double l2) implements Serializable {
    /** The rate as it is, and no penalty. */
    public static final Tuning NONE = new Tuning(1, 0, 0);
  }

  /** A whole array as one tensor without wishes. */
  public static List<Tensor> whole(int size) {
    return List.of(new Tensor(0, size, false, Tuning.NONE));
  }

  /**
   * What lies of some tensors in a part of the weights, as tensors of that part.
   *
   * @param from the part's first value
   * @param to behind its last
   */
  public static List<Tensor> within(List<Tensor> tensors, int from, int to) {
    return cut(tensors, from, to).stream()
        .map(t -> new Tensor(t.from() - from, t.to() - from, t.isVector(), t.tuning()))
        .toList();
  }

  /**
   * What lies of some tensors in a part of the weights, where it lies.
   *
   * @param from the part's first value
   * @param to behind its last
   */
  public static List<Tensor> cut(List<Tensor> tensors, int from, int to) {
    return tensors.stream()
        .filter(t -> t.from() < to && t.to() > from)
        .map(
            t ->
                new Tensor(
                    Math.max(t.from(), from), Math.min(t.to(), to), t.isVector(), t.tuning()))
        .toList();
  }

  /** Whether it stays as it is. */
  boolean isFrozen() {
    return tuning.rateFactor() == 0;
  }
}
