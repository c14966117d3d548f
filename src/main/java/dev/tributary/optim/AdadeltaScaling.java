package dev.tributary.optim;

/**
 * {@code v ← ρ v + (1 − ρ) g²; g ← g √(d + ε) / √(v + ε); d ← ρ d + (1 − ρ) g²}: the update has the
 * weights' own units. (Zeiler: "Adadelta: an adaptive learning rate method", 2012, algorithm 1.)
 *
 * @param rho ρ
 * @param epsilon ε
 */
record AdadeltaScaling(double rho, double epsilon) implements Transform.ByValue {
  @Override
  public int slots() {
    return 2;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] v = slots[0];
    float[] d = slots[1];
    float r = (float) rho;
    float rest = (float) (1 - rho);
    float e = (float) epsilon;
    for (int i = from; i < to; i++) {
      float g = update[i];
      v[i] = r * v[i] + rest * g * g;
      float delta = g * (float) Math.sqrt(d[i] + e) / (float) Math.sqrt(v[i] + e);
      d[i] = r * d[i] + rest * delta * delta;
      update[i] = delta;
    }
  }
}
