package dev.tributary.optim;

/**
 * {@code v ← μ v + g; g ← v}, or with Nesterov's look ahead {@code g ← g + μ v}. (Sutskever,
 * Martens, Dahl, Hinton: "On the importance of initialization and momentum in deep learning", 2013,
 * in PyTorch's form, where the rate multiplies v as it is used.)
 *
 * @param mu μ
 * @param nesterov whether to look ahead
 */
record Momentum(float mu, boolean nesterov) implements Transform.ByValue {
  @Override
  public int slots() {
    return 1;
  }

  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    float[] velocity = slots[0];
    if (nesterov) {
      for (int i = from; i < to; i++) {
        velocity[i] = mu * velocity[i] + update[i];
        update[i] += mu * velocity[i];
      }
    } else {
      for (int i = from; i < to; i++) {
        velocity[i] = mu * velocity[i] + update[i];
        update[i] = velocity[i];
      }
    }
  }
}
