package dev.tributary.nn.loss;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import org.jspecify.annotations.Nullable;

/**
 * Softmax and cross-entropy in one, in nats: with logits x and targets t, {@code Σⱼ cⱼ tⱼ (log Σₖ
 * exp xₖ − xⱼ)} for each sample; {@code dxⱼ = softmax(x)ⱼ Σₖ cₖ tₖ − cⱼ tⱼ}.
 *
 * <p>A class label's t is one-hot, or, with smoothing ε, {@code (1 − ε) oneHot + ε / classes}
 * (Szegedy and others: "Rethinking the inception architecture", 2016, section 7). c weighs classes,
 * 1 unless given; a mean then divides by the sum of the labels' weights, as PyTorch's does. Logits
 * are shifted by their maximum: nothing overflows.
 */
public final class SoftmaxCrossEntropy implements Loss {
  private static final long serialVersionUID = 1L;

  private final double smoothing;
  private final float @Nullable [] classWeights;

  /** Without smoothing; all classes alike. */
  public SoftmaxCrossEntropy() {
    this(0, null);
  }

  /**
   * With label smoothing and class weights.
   *
   * @param smoothing ε in [0, 1)
   * @param classWeights one for each class, at least 0; null for 1
   * @throws IllegalArgumentException for a number out of its range
   */
  public SoftmaxCrossEntropy(double smoothing, float @Nullable [] classWeights) {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label_smoothing must be at least 0 and below 1, not " + smoothing);
    }
    this.smoothing = smoothing;
    this.classWeights = classWeights == null ? null : classWeights.clone();
    for (float weight : classWeights == null ? new float[0] : classWeights) {
      if (!(weight >= 0) || Float.isInfinite(weight)) {
        throw new IllegalArgumentException(
            "class_weights must be at least 0 and finite, not " + weight);
      }
    }
  }

  @Override
  public String name() {
    return "softmax_cross_entropy";
  }

  @Override
  public double evaluate(Batch batch, int outputs, double[] prediction, double[] dPrediction) {
    double loss = 0;
    for (int i = 0; i < batch.n(); i++) {
      double logSum = logSumExp(prediction, i * outputs, outputs);
      double mass = 0;
      double sample = 0;
      for (int j = 0; j < outputs; j++) {
        double target = target(batch, i, j, outputs);
        mass += target;
        sample += target * (logSum - prediction[i * outputs + j]);
      }
      float weight = batch.weight(i);
      for (int j = 0; j < outputs; j++) {
        double probability = Math.exp(prediction[i * outputs + j] - logSum);
        double slope = probability * mass - target(batch, i, j, outputs);
        dPrediction[i * outputs + j] = weight * slope;
      }
      loss += weight * sample;
    }
    return loss;
  }

  /** {@code cⱼ tⱼ}. */
  private double target(Batch batch, int i, int j, int outputs) {
    double target = batch.target(i, j, outputs);
    if (smoothing > 0) {
      target = (1 - smoothing) * target + smoothing / outputs;
    }
    return classWeights == null ? target : target * classWeights[j];
  }

  private static double logSumExp(double[] x, int from, int count) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < count; j++) {
      maximum = Math.max(maximum, x[from + j]);
    }
    double sum = 0;
    for (int j = 0; j < count; j++) {
      sum += Math.exp(x[from + j] - maximum);
    }
    return maximum + Math.log(sum);
  }

  @Override
  public double weight(Batch batch) {
    if (classWeights == null || !batch.hasLabels()) {
      return batch.weight();
    }
    double sum = 0;
    for (int i = 0; i < batch.n(); i++) {
      sum += (double) batch.weight(i) * classWeights[batch.labels()[i]];
    }
    return sum;
  }

  /** The number of classes its weights are for; 0 if any will do. */
  public int classes() {
    return classWeights == null ? 0 : classWeights.length;
  }

  @Override
  public boolean givesProbabilities() {
    return true;
  }

  @Override
  public void toProbabilities(int n, int outputs, float[] prediction) {
    double[] row = new double[outputs];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < outputs; j++) {
        row[j] = prediction[i * outputs + j];
      }
      double logSum = logSumExp(row, 0, outputs);
      for (int j = 0; j < outputs; j++) {
        prediction[i * outputs + j] = (float) Math.exp(row[j] - logSum);
      }
    }
  }
}
