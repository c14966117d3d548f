package dev.tributary.optim;

import java.util.List;

/**
 * {@code g ← g + λ w} for all but vectors, as LAMB has it.
 *
 * @param lambda λ
 */
record MatrixDecay(float lambda) implements Transform {
  @Override
  public void apply(
      float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step) {
    for (Tensor tensor : tensors) {
      for (int i = tensor.from(); i < tensor.to() && !tensor.isVector(); i++) {
        update[i] += lambda * weights[i];
      }
    }
  }
}
