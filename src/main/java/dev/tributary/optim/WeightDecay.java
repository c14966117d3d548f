package dev.tributary.optim;

/**
 * {@code g ← g + λ w}: the gradient of {@code λ/2 |w|²}, added to the loss's. Biases decay like the
 * rest, as in PyTorch.
 *
 * @param lambda λ
 */
record WeightDecay(float lambda) implements Transform.ByValue {
  @Override
  public void apply(float[] update, float[] weights, float[][] slots, int from, int to, long step) {
    for (int i = from; i < to; i++) {
      update[i] += lambda * weights[i];
    }
  }
}
