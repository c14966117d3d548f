package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;

/**
 * Softmax and cross-entropy of a class label, in nats: {@code log Σₖ exp xₖ − x[label]}, summed
 * over samples; {@code dx = softmax(x) − oneHot(label)}. It reads logits, of any size: nothing
 * overflows.
 */
public final class SoftmaxCrossEntropy implements Loss {
  private static final long serialVersionUID = 1L;

  @Override
  public double evaluate(
      Engine engine,
      Batch batch,
      int outputs,
      Buffer prediction,
      Buffer target,
      Buffer dPrediction) {
    return engine.softmaxCrossEntropy(batch.n(), outputs, prediction, batch.labels(), dPrediction);
  }

  @Override
  public boolean appliesSoftmax() {
    return true;
  }

  @Override
  public String name() {
    return "softmax_cross_entropy";
  }
}
