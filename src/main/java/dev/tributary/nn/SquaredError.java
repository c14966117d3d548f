package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.util.Arrays;

/**
 * Squared error, a sample's being the mean over its outputs as in PyTorch: {@code Σⱼ (yⱼ − tⱼ)² /
 * outputs}, summed over samples; {@code dy = 2 (y − t) / outputs}. A class label's target is
 * one-hot.
 */
public final class SquaredError implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public double evaluate(
      Engine engine,
      Batch batch,
      int outputs,
      Buffer prediction,
      Buffer target,
      Buffer dPrediction) {
    float[] oneHot = new float[outputs];
    for (int i = 0; i < batch.n(); i++) {
      Arrays.fill(oneHot, 0f);
      oneHot[batch.labels()[i]] = 1f;
      target.slice(i * outputs, outputs).put(oneHot, 0, outputs);
    }
    int count = batch.n() * outputs;
    return engine.squaredError(count, 1f / outputs, prediction, target, dPrediction);
  }

  @Override
  public boolean appliesSoftmax() {
    return false;
  }

  @Override
  public String name() {
    return "squared_error";
  }
}
