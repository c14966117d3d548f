package dev.tributary.train;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.engine.Buffer;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Pass;

/** A network's outputs for many samples, by one thread that keeps its buffers. */
public final class Predictor implements AutoCloseable {
  /** Samples in one forward pass: constant, as it is part of the result's last bits. */
  public static final int BATCH = 64;

  private final Objective objective;
  private final Execution execution;
  private final Batch batch;
  private final int outputs;
  private final float[] prediction;

  /** With these weights. */
  public Predictor(Objective objective, float[] weights) {
    this.objective = objective;
    this.execution = objective.open();
    this.batch = new Batch(objective.network().input());
    this.outputs = objective.network().output().size();
    this.prediction = new float[BATCH * outputs];
    execution.load(weights);
  }

  /** The evaluation of one shard. */
  public Evaluation evaluate(Shard shard) {
    Evaluation evaluation = new Evaluation(classes(objective));
    int count = shard.samples().count();
    for (int from = 0; from < count; from += BATCH) {
      shard.fill(batch, from, Math.min(BATCH, count - from));
      double loss = execution.loss(batch, objective.loss());
      evaluation.addLoss(loss, objective.loss().weight(batch));
      execution.output().get(prediction, 0, batch.n() * outputs);
      for (int i = 0; i < batch.n(); i++) {
        int label = batch.labels()[i];
        evaluation.count(label, decision(i), larger(i, label) < Evaluation.TOP);
      }
    }
    return evaluation;
  }

  /** One for each output; a single output tells two apart. */
  public static int classes(Objective objective) {
    return Math.max(2, objective.network().output().size());
  }

  /** The class of the last batch's sample i, from what the network gives. */
  private int decision(int i) {
    return decide(prediction, i * outputs, outputs, objective.loss().threshold());
  }

  /** How many outputs of the last batch's sample i are larger than that of its class. */
  private int larger(int i, int label) {
    int larger = 0;
    for (int j = 0; j < outputs && outputs > 1; j++) {
      larger += prediction[i * outputs + j] > prediction[i * outputs + label] ? 1 : 0;
    }
    return larger;
  }

  /**
   * The outputs of samples {@code from … from + n − 1}, n at most {@link #BATCH}: (n, outputs), as
   * probabilities when the loss reads logits. The array is the predictor's own.
   */
  public float[] predict(Samples samples, int from, int n) {
    batch.resize(n);
    int size = samples.shape().size();
    for (int i = 0; i < n; i++) {
      samples.write(from + i, batch.features(), i * size);
    }
    Buffer output = execution.forward(batch, Pass.INFERENCE);
    output.get(prediction, 0, n * outputs);
    objective.loss().toProbabilities(n, outputs, prediction);
    return prediction;
  }

  /**
   * The class that a sample's outputs say: the largest one's; of a single output, 1 above the
   * threshold.
   */
  public static int decide(float[] values, int from, int outputs, float threshold) {
    if (outputs == 1) {
      return values[from] > threshold ? 1 : 0;
    }
    return argmax(values, from, outputs);
  }

  /**
   * The index, from 0, of the largest of {@code count} values from {@code from}; the first of
   * equals.
   */
  private static int argmax(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void close() {
    execution.close();
  }
}
