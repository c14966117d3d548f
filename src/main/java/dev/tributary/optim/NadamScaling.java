package dev.tributary.optim;

/**
 * Adam with Nesterov's look ahead. With {@code μₜ = β₁ (1 − ½ 0.96^(t ψ))} and Πₜ the product of μ₁
 * … μₜ: {@code g ← (μₜ₊₁ m / (1 − Πₜ₊₁) + (1 − μₜ) g / (1 − Πₜ)) / (√v̂ + ε)}. (Dozat:
 * "Incorporating Nesterov momentum into Adam", 2016, in PyTorch's form.)
 */
final class NadamScaling implements Transform.ByValue {
  private static final long serialVersionUID = 1L;

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double momentumDecay;

  /** The last product asked for, so that a run of steps need not start each one from the first. */
  private transient long productOf;

  private transient double product;

  NadamScaling(double beta1, double beta2, double epsilon, double momentumDecay) {
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.momentumDecay = momentumDecay;
  }

  @Override
  public int slots() {
    return 2;
  }

  private double mu(long step) {
    return beta1 * (1 - 0.5 * Math.pow(0.96, step * momentumDecay));
  }

  /** Πₜ; multiplied in the order of the steps, so the same double wherever one starts. */
  private synchronized double productUpTo(long step) {
    if (productOf == 0 || productOf > step) {
      product = 1;
      productOf = 0;
    }
    while (productOf < step) {
      productOf++;
      product *= mu(productOf);
    }
    return product;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] m = slots[0];
    float[] v = slots[1];
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float rest1 = (float) (1 - beta1);
    float rest2 = (float) (1 - beta2);
    double soFar = productUpTo(step);
    float ofMean = (float) (mu(step + 1) / (1 - soFar * mu(step + 1)));
    float ofGradient = (float) ((1 - mu(step)) / (1 - soFar));
    float correction2 = (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) step)));
    float e = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = update[i];
      m[i] = b1 * m[i] + rest1 * g;
      v[i] = b2 * v[i] + rest2 * g * g;
      update[i] = (ofMean * m[i] + ofGradient * g) / ((float) Math.sqrt(v[i]) * correction2 + e);
    }
  }
}
