package dev.tributary.optim;

/**
 * {@code v ← v + g²; g ← g / (√v + ε)}. (Duchi, Hazan, Singer: "Adaptive subgradient methods for
 * online learning and stochastic optimization", 2011.)
 *
 * @param epsilon ε
 */
record AdagradScaling(double epsilon) implements Transform.ByValue {
  @Override
  public int slots() {
    return 1;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] v = slots[0];
    float e = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = update[i];
      v[i] += g * g;
      update[i] = g / ((float) Math.sqrt(v[i]) + e);
    }
  }
}
