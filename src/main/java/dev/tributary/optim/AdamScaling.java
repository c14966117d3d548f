package dev.tributary.optim;

/**
 * {@code m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; g ← m̂ / (√v̂ + ε)}, with {@code m̂ = m /
 * (1 − β₁ᵗ)} and {@code v̂ = v / (1 − β₂ᵗ)} at step t. (Kingma, Ba: "Adam: a method for stochastic
 * optimization", 2015, algorithm 1.)
 *
 * @param beta1 β₁
 * @param beta2 β₂
 * @param epsilon ε
 */
record AdamScaling(double beta1, double beta2, double epsilon) implements Transform.ByValue {
  @Override
  public int slots() {
    return 2;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] m = slots[0];
    float[] v = slots[1];
    float b1 = (float) beta1;
    float b2 = (float) beta2;
    float rest1 = (float) (1 - beta1);
    float rest2 = (float) (1 - beta2);
    float correction1 = (float) (1 / (1 - Math.pow(beta1, (double) step)));
    float correction2 = (float) (1 / Math.sqrt(1 - Math.pow(beta2, (double) step)));
    float e = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = update[i];
      m[i] = b1 * m[i] + rest1 * g;
      v[i] = b2 * v[i] + rest2 * g * g;
      update[i] = m[i] * correction1 / ((float) Math.sqrt(v[i]) * correction2 + e);
    }
  }
}
