package dev.tributary.optim;

import java.util.List;

/**
 * {@code g ← η |w| / (|g| + λ |w|) (g + λ w)}, tensor by tensor: the step's length in proportion to
 * the weights', which lets batches be large. Where |w| or |g| is 0, and for vectors (biases and the
 * scales of normalisations), g stays as it is.
 *
 * <p>Before momentum it makes LARS (You, Gitman, Ginsburg: "Large batch training of convolutional
 * networks", 2017, algorithm 1); with λ = 0, behind Adam's scaling and the decay, it makes LAMB
 * (You and others: "Large batch optimization for deep learning", 2020, algorithm 2).
 *
 * @param eta η
 * @param lambda λ
 */
record TrustRatio(double eta, double lambda) implements Transform {
  @Override
  public boolean isByPart() {
    return false;
  }

  @Override
  public void apply(
      float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step) {
    for (Tensor tensor : tensors) {
      double weightNorm = Math.sqrt(Norm.squared(weights, tensor.from(), tensor.to()));
      double updateNorm = Math.sqrt(Norm.squared(update, tensor.from(), tensor.to()));
      if (tensor.isVector() || weightNorm == 0 || updateNorm == 0) {
        continue;
      }
      float ratio = (float) (eta * weightNorm / (updateNorm + lambda * weightNorm));
      float decay = (float) lambda;
      for (int i = tensor.from(); i < tensor.to(); i++) {
        update[i] = ratio * (update[i] + decay * weights[i]);
      }
    }
  }
}
