package dev.tributary.optim;

/**
 * {@code v ← α v + (1 − α) g²; g ← g / (√v + ε)}. (Tieleman, Hinton: "RMSprop", lecture 6.5 of
 * "Neural networks for machine learning", 2012; ε outside the root as in PyTorch.)
 *
 * @param alpha α
 * @param epsilon ε
 */
record RmsScaling(double alpha, double epsilon) implements Transform.ByValue {
  @Override
  public int slots() {
    return 1;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] v = slots[0];
    float a = (float) alpha;
    float rest = (float) (1 - alpha);
    float e = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = update[i];
      v[i] = a * v[i] + rest * g * g;
      update[i] = g / ((float) Math.sqrt(v[i]) + e);
    }
  }
}
