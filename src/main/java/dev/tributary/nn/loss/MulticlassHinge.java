package dev.tributary.nn.loss;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;

/**
 * The multiclass hinge loss: {@code Σ over j ≠ label of max(0, margin − y[label] + yⱼ) / outputs},
 * as PyTorch's multi-margin loss: each wrong class should stay a margin below the right one.
 * (Weston, Watkins: "Support vector machines for multi-class pattern recognition", 1999.)
 */
public final class MulticlassHinge implements Loss {
  private static final long serialVersionUID = 1L;

  private final double margin;

  /**
   * With this margin.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public MulticlassHinge(double margin) {
    if (!(margin > 0) || Double.isInfinite(margin)) {
      throw new IllegalArgumentException("margin must be above 0 and finite, not " + margin);
    }
    this.margin = margin;
  }

  @Override
  public String name() {
    return "multiclass_hinge";
  }

  @Override
  public double evaluate(Batch batch, int outputs, double[] prediction, double[] dPrediction) {
    double loss = 0;
    for (int i = 0; i < batch.n(); i++) {
      int row = i * outputs;
      int label = batch.labels()[i];
      double share = (double) batch.weight(i) / outputs;
      double sample = 0;
      int violations = 0;
      for (int j = 0; j < outputs; j++) {
        double violation = margin - prediction[row + label] + prediction[row + j];
        boolean counts = j != label && violation > 0;
        dPrediction[row + j] = counts ? share : 0;
        sample += counts ? violation : 0;
        violations += counts ? 1 : 0;
      }
      dPrediction[row + label] = -share * violations;
      loss += share * sample;
    }
    return loss;
  }
}
