package dev.tributary.optim;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An update rule: a chain of {@link Transform}s, after which {@code w ← w − rate · update}. It
 * holds no state: the caller owns the slots.
 */
public final class Optimizer implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<Transform> chain;

  private Optimizer(List<Transform> chain) {
    this.chain = List.copyOf(chain);
  }

  /**
   * Stochastic gradient descent.
   *
   * @param momentum μ in [0, 1); 0 is plain descent
   * @param nesterov whether momentum looks ahead
   * @param weightDecay λ, at least 0
   * @throws IllegalArgumentException for a number out of its range, or Nesterov without momentum
   */
  public static Optimizer sgd(double momentum, boolean nesterov, double weightDecay) {
    unit("momentum", momentum);
    notNegative("weight_decay", weightDecay);
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("nesterov needs a momentum above 0, such as 0.9");
    }
    List<Transform> chain = new ArrayList<>();
    if (weightDecay > 0) {
      chain.add(new WeightDecay((float) weightDecay));
    }
    if (momentum > 0) {
      chain.add(new Momentum((float) momentum, nesterov));
    }
    return new Optimizer(chain);
  }

  /**
   * Adam.
   *
   * @param beta1 memory of the mean, in [0, 1)
   * @param beta2 memory of the mean square, in [0, 1)
   * @param epsilon what keeps the divisor from 0
   * @param weightDecay λ, added to the gradient as in the plain Adam of PyTorch
   * @throws IllegalArgumentException for a number out of its range
   */
  public static Optimizer adam(double beta1, double beta2, double epsilon, double weightDecay) {
    unit("beta1", beta1);
    unit("beta2", beta2);
    notNegative("epsilon", epsilon);
    notNegative("weight_decay", weightDecay);
    List<Transform> chain = new ArrayList<>();
    if (weightDecay > 0) {
      chain.add(new WeightDecay((float) weightDecay));
    }
    chain.add(new AdamScaling(beta1, beta2, epsilon));
    return new Optimizer(chain);
  }

  private static void unit(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be at least 0 and below 1, not " + value);
    }
  }

  private static void notNegative(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be at least 0 and finite, not " + value);
    }
  }

  /** New slots for this many weights: {@code [slot][weight]}, all 0. */
  public float[][] newSlots(int weights) {
    return new float[chain.stream().mapToInt(Transform::slots).sum()][weights];
  }

  /**
   * One step on {@code weights[from … to − 1]}, in place.
   *
   * @param weights the weights
   * @param gradient the mean gradient; it is overwritten by the update
   * @param slots from {@link #newSlots}, carried from step to step
   * @param rate the learning rate
   * @param step the step's number, from 1
   */
  public void step(
      float[] weights,
      float[] gradient,
      float[][] slots,
      int from,
      int to,
      double rate,
      long step) {
    int used = 0;
    for (Transform transform : chain) {
      float[][] own = Arrays.copyOfRange(slots, used, used + transform.slots());
      transform.apply(gradient, weights, own, from, to, step);
      used += transform.slots();
    }
    float r = (float) rate;
    for (int i = from; i < to; i++) {
      weights[i] -= r * gradient[i];
    }
  }
}
