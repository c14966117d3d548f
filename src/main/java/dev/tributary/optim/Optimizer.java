package dev.tributary.optim;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An update rule: a chain of transforms, after which {@code w ← w − rate · update}, the rate of
 * each tensor being the step's times its own factor. It holds no state: the caller owns the slots.
 *
 * <p>Every rule is PyTorch's to the formula. In all but {@link #adamW}, {@link #lamb} and {@link
 * #lars} weight decay λ is added to the gradient, {@code g + λ w}, for all parameters.
 */
public final class Optimizer implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Values that all links see to before the next ones: of each array 32 KiB, for the caches. */
  private static final int BLOCK = 1 << 13;

  private final List<Transform> chain;

  private Optimizer(List<Transform> chain) {
    this.chain = List.copyOf(chain);
  }

  /** The chain that begins with what every chain begins with, decay included. */
  private static Optimizer of(double weightDecay, Transform... links) {
    notNegative("weight_decay", weightDecay);
    List<Transform> chain = new ArrayList<>();
    chain.add(new LayerTuning());
    if (weightDecay > 0) {
      chain.add(new WeightDecay((float) weightDecay));
    }
    chain.addAll(Arrays.asList(links));
    return new Optimizer(chain);
  }

  private Optimizer then(Transform link) {
    List<Transform> longer = new ArrayList<>(chain);
    longer.add(link);
    return new Optimizer(longer);
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
    if (nesterov && momentum == 0) {
      throw new IllegalArgumentException("nesterov needs a momentum above 0, such as 0.9");
    }
    Optimizer plain = of(weightDecay);
    return momentum == 0 ? plain : plain.then(new Momentum((float) momentum, nesterov));
  }

  /**
   * Adam.
   *
   * @param beta1 memory of the mean, in [0, 1)
   * @param beta2 memory of the mean square, in [0, 1)
   * @param epsilon what keeps the divisor from 0
   * @param weightDecay λ
   * @throws IllegalArgumentException for a number out of its range
   */
  public static Optimizer adam(double beta1, double beta2, double epsilon, double weightDecay) {
    return of(weightDecay, adamScaling(beta1, beta2, epsilon));
  }

  /**
   * Adam whose decay is apart from the gradient: {@code w ← w − rate (adam + λ w)}. (Loshchilov,
   * Hutter: "Decoupled weight decay regularization", 2019, algorithm 2.) The parameters are {@link
   * #adam}'s.
   */
  public static Optimizer adamW(double beta1, double beta2, double epsilon, double weightDecay) {
    notNegative("weight_decay", weightDecay);
    return of(0, adamScaling(beta1, beta2, epsilon), new WeightDecay((float) weightDecay));
  }

  /**
   * Adam with Nesterov's look ahead.
   *
   * @param momentumDecay ψ, how fast β₁ grows to its full size
   */
  public static Optimizer nadam(
      double beta1, double beta2, double epsilon, double momentumDecay, double weightDecay) {
    unit("beta1", beta1);
    unit("beta2", beta2);
    notNegative("epsilon", epsilon);
    notNegative("momentum_decay", momentumDecay);
    return of(weightDecay, new NadamScaling(beta1, beta2, epsilon, momentumDecay));
  }

  /**
   * RMSprop.
   *
   * @param alpha memory of the mean square, in [0, 1)
   * @param epsilon what keeps the divisor from 0
   * @param momentum μ in [0, 1), of the scaled gradient
   * @param weightDecay λ
   */
  public static Optimizer rmsprop(
      double alpha, double epsilon, double momentum, double weightDecay) {
    unit("alpha", alpha);
    notNegative("epsilon", epsilon);
    unit("momentum", momentum);
    Optimizer plain = of(weightDecay, new RmsScaling(alpha, epsilon));
    return momentum == 0 ? plain : plain.then(new Momentum((float) momentum, false));
  }

  /** Adagrad. */
  public static Optimizer adagrad(double epsilon, double weightDecay) {
    notNegative("epsilon", epsilon);
    return of(weightDecay, new AdagradScaling(epsilon));
  }

  /**
   * Adadelta.
   *
   * @param rho memory of the mean squares, in [0, 1)
   */
  public static Optimizer adadelta(double rho, double epsilon, double weightDecay) {
    unit("rho", rho);
    notNegative("epsilon", epsilon);
    return of(weightDecay, new AdadeltaScaling(rho, epsilon));
  }

  /**
   * LAMB, for large batches: Adam's update plus {@code λ w}, as long in proportion as the weights
   * are, tensor by tensor.
   */
  public static Optimizer lamb(double beta1, double beta2, double epsilon, double weightDecay) {
    notNegative("weight_decay", weightDecay);
    return of(
        0,
        adamScaling(beta1, beta2, epsilon),
        new MatrixDecay((float) weightDecay),
        new TrustRatio(1, 0));
  }

  /**
   * LARS, for large batches: momentum of gradients as long in proportion as the weights are, tensor
   * by tensor.
   *
   * @param trust η, above 0: a step's length relative to the weights' before the rate
   */
  public static Optimizer lars(double momentum, double trust, double weightDecay) {
    unit("momentum", momentum);
    positive("trust", trust);
    notNegative("weight_decay", weightDecay);
    return of(0, new TrustRatio(trust, weightDecay), new Momentum((float) momentum, false));
  }

  /** This rule on gradients each of whose values is first brought into {@code [−most, most]}. */
  public Optimizer clippedByValue(double most) {
    positive("value", most);
    return afterTuning(new ClipValue((float) most));
  }

  /** This rule on gradients that are first made no longer than this, all parameters together. */
  public Optimizer clippedByNorm(double most) {
    positive("norm", most);
    return afterTuning(new ClipNorm(most));
  }

  /** Behind the penalties, which are part of the gradient, and before all else. */
  private Optimizer afterTuning(Transform link) {
    List<Transform> longer = new ArrayList<>(chain);
    longer.add(1, link);
    return new Optimizer(longer);
  }

  private static AdamScaling adamScaling(double beta1, double beta2, double epsilon) {
    unit("beta1", beta1);
    unit("beta2", beta2);
    notNegative("epsilon", epsilon);
    return new AdamScaling(beta1, beta2, epsilon);
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

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be above 0 and finite, not " + value);
    }
  }

  /** Arrays that it keeps from step to step, each as long as the weights. */
  public int slots() {
    return chain.stream().mapToInt(Transform::slots).sum();
  }

  /**
   * Whether a part of the weights can be updated without the rest; not where norms are taken, as
   * clipping by norm, LARS and LAMB do.
   */
  public boolean isByPart() {
    return chain.stream().allMatch(Transform::isByPart);
  }

  /** New slots for this many weights: {@code [slot][weight]}, all 0. */
  public float[][] newSlots(int weights) {
    return new float[slots()][weights];
  }

  /**
   * One step on some tensors, in place. If it is by part, then several threads may each do it on
   * their own tensors.
   *
   * @param weights the weights
   * @param gradient the mean gradient; it is overwritten by the update
   * @param slots from {@link #newSlots}, carried from step to step
   * @param tensors neighbours, in the order in which they lie
   * @param rate the learning rate
   * @param step the step's number, from 1
   */
  public void step(
      float[] weights,
      float[] gradient,
      float[][] slots,
      List<Tensor> tensors,
      double rate,
      long step) {
    if (!isByPart()) {
      move(weights, gradient, slots, tensors, rate, step);
      return;
    }
    for (Tensor tensor : tensors) {
      for (int from = tensor.from(); from < tensor.to(); from += BLOCK) {
        int to = Math.min(tensor.to(), from + BLOCK);
        Tensor block = new Tensor(from, to, tensor.isVector(), tensor.tuning());
        move(weights, gradient, slots, List.of(block), rate, step);
      }
    }
  }

  private void move(
      float[] weights,
      float[] gradient,
      float[][] slots,
      List<Tensor> tensors,
      double rate,
      long step) {
    if (tensors.isEmpty()) {
      return;
    }
    int used = 0;
    for (Transform transform : chain) {
      float[][] own = Arrays.copyOfRange(slots, used, used + transform.slots());
      transform.apply(gradient, weights, own, tensors, step);
      used += transform.slots();
    }
    for (Tensor tensor : tensors) {
      float r = (float) (rate * tensor.tuning().rateFactor());
      for (int i = tensor.from(); i < tensor.to() && !tensor.isFrozen(); i++) {
        weights[i] -= r * gradient[i];
      }
    }
  }

  /** What the tensors' penalties add to the mean loss: {@code Σ l1 |w| + l2 w²/2}. */
  public static double penalty(float[] weights, List<Tensor> tensors) {
    return LayerTuning.penalty(weights, tensors);
  }

  /** Whether any tensor has a penalty. */
  public static boolean isPenalised(List<Tensor> tensors) {
    return tensors.stream().anyMatch(LayerTuning::isPenalised);
  }
}
