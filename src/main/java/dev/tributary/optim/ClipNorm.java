package dev.tributary.optim;

import java.util.List;

/**
 * All tensors' values together, as one vector, are made no longer than {@code most}: {@code g ← g ·
 * min(1, most / |g|)}. (Pascanu, Mikolov, Bengio: "On the difficulty of training recurrent neural
 * networks", 2013, algorithm 1.)
 *
 * @param most the bound, above 0
 */
record ClipNorm(double most) implements Transform {
  @Override
  public boolean isByPart() {
    return false;
  }

  @Override
  public void apply(
      float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step) {
    double squared = 0;
    for (Tensor tensor : tensors) {
      squared += Norm.squared(update, tensor.from(), tensor.to());
    }
    double norm = Math.sqrt(squared);
    if (norm <= most) {
      return;
    }
    float share = (float) (most / norm);
    for (Tensor tensor : tensors) {
      for (int i = tensor.from(); i < tensor.to(); i++) {
        update[i] *= share;
      }
    }
  }
}
