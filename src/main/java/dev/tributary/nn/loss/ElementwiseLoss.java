package dev.tributary.nn.loss;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;

/**
 * A loss of each output by itself, a sample's being the mean over its outputs as in PyTorch: {@code
 * Σⱼ f(yⱼ, tⱼ) / outputs}; {@code dyⱼ = f'(yⱼ, tⱼ) / outputs}.
 */
abstract class ElementwiseLoss implements Loss {
  private static final long serialVersionUID = 1L;

  /** f: the loss of one output. */
  abstract double value(double y, double t);

  /** f': its derivative by y. */
  abstract double slope(double y, double t);

  @Override
  public final double evaluate(
      Batch batch, int outputs, double[] prediction, double[] dPrediction) {
    double loss = 0;
    for (int i = 0; i < batch.n(); i++) {
      double share = (double) batch.weight(i) / outputs;
      double sample = 0;
      for (int j = 0; j < outputs; j++) {
        double y = prediction[i * outputs + j];
        float t = batch.target(i, j, outputs);
        sample += value(y, t);
        dPrediction[i * outputs + j] = share * slope(y, t);
      }
      loss += share * sample;
    }
    return loss;
  }

  /** Every output is by itself. */
  @Override
  public boolean choosesOne() {
    return false;
  }
}
