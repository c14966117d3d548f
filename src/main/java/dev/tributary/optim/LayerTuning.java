package dev.tributary.optim;

import java.util.Arrays;
import java.util.List;

/**
 * What layers ask for, at the head of every chain: penalties join the gradient, {@code g ← g + l1
 * sign(w) + l2 w}, and a frozen tensor has none, so that it counts in no norm.
 */
record LayerTuning() implements Transform {
  @Override
  public void apply(
      float[] update, float[] weights, float[][] slots, List<Tensor> tensors, long step) {
    for (Tensor tensor : tensors) {
      if (tensor.isFrozen()) {
        Arrays.fill(update, tensor.from(), tensor.to(), 0f);
      } else if (isPenalised(tensor)) {
        float l1 = (float) tensor.tuning().l1();
        float l2 = (float) tensor.tuning().l2();
        for (int i = tensor.from(); i < tensor.to(); i++) {
          update[i] += l1 * Math.signum(weights[i]) + l2 * weights[i];
        }
      }
    }
  }

  /** What the penalties add to the loss: {@code Σ l1 |w| + l2 w²/2}. */
  static double penalty(float[] weights, List<Tensor> tensors) {
    double penalty = 0;
    for (Tensor tensor : tensors) {
      if (isPenalised(tensor)) {
        double absolute = 0;
        for (int i = tensor.from(); i < tensor.to(); i++) {
          absolute += Math.abs(weights[i]);
        }
        penalty +=
            tensor.tuning().l1() * absolute
                + tensor.tuning().l2() / 2 * Norm.squared(weights, tensor.from(), tensor.to());
      }
    }
    return penalty;
  }

  static boolean isPenalised(Tensor tensor) {
    return !tensor.isVector() && (tensor.tuning().l1() != 0 || tensor.tuning().l2() != 0);
  }
}
