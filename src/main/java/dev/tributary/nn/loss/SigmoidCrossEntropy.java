package dev.tributary.nn.loss;

/**
 * Sigmoid and cross-entropy in one, in nats, for each output by itself: binary with one output,
 * multi-label with many. With logit y, {@code f = max(y, 0) − y t + log(1 + exp(−|y|))}, which is
 * {@code −t log σ(y) − (1 − t) log(1 − σ(y))} without its overflow; {@code f' = σ(y) − t}.
 */
public final class SigmoidCrossEntropy extends ElementwiseLoss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "sigmoid_cross_entropy";
  }

  @Override
  double value(double y, double t) {
    return Math.max(y, 0) - y * t + Math.log1p(Math.exp(-Math.abs(y)));
  }

  @Override
  double slope(double y, double t) {
    return sigmoid(y) - t;
  }

  private static double sigmoid(double y) {
    return 1 / (1 + Math.exp(-y));
  }

  @Override
  public boolean givesProbabilities() {
    return true;
  }

  @Override
  public void toProbabilities(int n, int outputs, float[] prediction) {
    for (int i = 0; i < n * outputs; i++) {
      prediction[i] = (float) sigmoid(prediction[i]);
    }
  }

  @Override
  public float threshold() {
    return 0f;
  }
}
