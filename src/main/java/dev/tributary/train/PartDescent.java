package dev.tributary.train;

import dev.tributary.nn.Network;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Finite;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the values, with its part of the optimizer's slots and of the average, moved by itself:
 * to the bytes that {@link PlainDescent} makes of it among the rest. That holds for rules that take
 * no norm over all weights ({@link Optimizer#isByPart}).
 */
public final class PartDescent {
  /** How a part's step went. */
  public enum Outcome {
    /** The part moved. */
    MOVED,
    /** The gradient, or the state to move to, is not finite: the part is where it was. */
    BAD_GRADIENT,
    /** The values would not be finite. */
    BAD_UPDATE
  }

  private final Network network;
  private final Optimizer optimizer;
  private final @Nullable Average average;
  private final List<Tensor> tensors;
  private final int from;
  private final int weights;
  private final float[] values;
  private final float[][] slots;
  private final float @Nullable [] averaged;

  /**
   * The part from {@code from} to before {@code to}; either all weights, or all state.
   *
   * @param whole the state of all values, which is copied from
   */
  public PartDescent(Network network, Rule rule, int from, int to, Descent.State whole) {
    int parameters = network.parameterCount();
    if (from < parameters && to > parameters) {
      throw new IllegalArgumentException(
          "values " + from + " to " + to + " are neither weights nor state alone");
    }
    this.network = network;
    this.optimizer = rule.optimizer();
    this.average = rule.average();
    this.from = from;
    this.weights = from < parameters ? to - from : 0;
    this.tensors = weights == 0 ? List.of() : Tensor.within(rule.tensors(), from, to);
    this.values = Arrays.copyOfRange(whole.values(), from, to);
    this.slots = new float[optimizer.slots()][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = weights == 0 ? new float[0] : Arrays.copyOfRange(whole.slots()[i], from, to);
    }
    this.averaged =
        whole.averaged() == null ? null : Arrays.copyOfRange(whole.averaged(), from, to);
  }

  /**
   * How weights move.
   *
   * @param optimizer one that is by part
   * @param tensors what is trained
   * @param average what averages, if anything does
   */
  public record Rule(Optimizer optimizer, List<Tensor> tensors, @Nullable Average average)
      implements java.io.Serializable {}

  /**
   * Moves the part by a step.
   *
   * @param sum the part of the gradient's sum, and of the state's; overwritten
   * @param weight the samples' weights, summed; above 0
   * @param samples how many
   * @param number the step's, from 0
   */
  public Outcome step(float[] sum, double weight, long samples, double rate, long number) {
    boolean isFinite =
        weights == 0
            ? Finite.scale(sum, 0, values.length, 1f / samples)
            : Finite.scale(sum, 0, values.length, (float) (1 / weight));
    if (!isFinite) {
      return Outcome.BAD_GRADIENT;
    }
    if (weights == 0) {
      network.moveState(values, sum, from);
    } else {
      optimizer.step(values, sum, slots, tensors, rate, number + 1);
    }
    if (!Finite.all(values, 0, values.length)) {
      return Outcome.BAD_UPDATE;
    }
    if (average != null && averaged != null) {
      average.move(averaged, values, number + 1);
    }
    return Outcome.MOVED;
  }

  /** The part of the values; its own memory. */
  public float[] values() {
    return values;
  }

  /** How many slots there are. */
  public int slots() {
    return slots.length;
  }

  /** The part of a slot; its own memory, empty of a part that is state. */
  public float[] slot(int i) {
    return slots[i];
  }

  /** The part of the average, if there is one; its own memory. */
  public float @Nullable [] averaged() {
    return averaged;
  }
}
