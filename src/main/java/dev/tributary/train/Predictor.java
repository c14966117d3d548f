package dev.tributary.train;

import dev.tributary.data.SampleSet;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.engine.Buffer;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Pass;
import dev.tributary.train.metrics.Evaluation;
import dev.tributary.train.metrics.Task;

/** A network's outputs for many samples, by one thread that keeps its buffers. */
public final class Predictor implements AutoCloseable {
  /** Samples in one forward pass: constant, as it is part of the result's last bits. */
  public static final int BATCH = 64;

  private final Objective objective;
  private final Execution execution;
  private final Batch batch;
  private final int most;
  private final int outputs;
  private final float[] prediction;
  private final float[] probabilities;

  /** With these weights. */
  public Predictor(Objective objective, float[] weights) {
    this(objective, weights, BATCH);
  }

  /**
   * The same with another number of samples in one pass, at most.
   *
   * @param most part of the result's last bits, as each number may be summed in another order
   */
  public Predictor(Objective objective, float[] weights, int most) {
    this.most = most;
    this.objective = objective;
    this.execution = objective.open();
    this.batch = new Batch(objective.network().input());
    this.outputs = objective.network().output().size();
    this.prediction = new float[Math.multiplyExact(most, outputs)];
    this.probabilities = new float[Math.multiplyExact(most, outputs)];
    execution.load(weights);
  }

  /** The evaluation of one shard. */
  public Evaluation evaluate(Shard shard) {
    Evaluation evaluation =
        task(objective, shard.samples().schema()).start(objective.loss(), outputs);
    int count = shard.samples().count();
    for (int from = 0; from < count; from += most) {
      shard.fill(batch, from, Math.min(most, count - from));
      objective.preparation().apply(batch.features(), batch.n());
      double loss = execution.loss(batch, objective.loss());
      execution.output().get(prediction, 0, batch.n() * outputs);
      System.arraycopy(prediction, 0, probabilities, 0, batch.n() * outputs);
      objective.loss().toProbabilities(batch.n(), outputs, probabilities);
      evaluation.count(batch, prediction, probabilities, loss, objective.loss().weight(batch));
    }
    return evaluation;
  }

  /** What an objective makes of such samples. */
  public static Task task(Objective objective, Schema schema) {
    return Task.of(objective.loss(), objective.network().output().size(), schema.targets());
  }

  /**
   * The outputs of samples {@code from … from + n − 1}, n at most what one pass takes: (n,
   * outputs), as probabilities when the loss reads logits. The array is the predictor's own.
   */
  public float[] predict(SampleSet samples, int from, int n) {
    batch.resize(n);
    int size = samples.shape().size();
    for (int i = 0; i < n; i++) {
      samples.write(from + i, batch.features(), i * size);
    }
    forward();
    objective.loss().toProbabilities(n, outputs, prediction);
    return prediction;
  }

  private void forward() {
    objective.preparation().apply(batch.features(), batch.n());
    Buffer output = execution.forward(batch, Pass.INFERENCE);
    output.get(prediction, 0, batch.n() * outputs);
  }

  /** Numbers that the network gives for a sample. */
  public int outputsPerSample() {
    return outputs;
  }

  /**
   * (n, features): room for n samples as they are before preparation, which the caller fills and
   * {@link #outputs} then reads; the predictor's own memory.
   */
  public float[] features(int n) {
    batch.resize(n);
    return batch.features();
  }

  /**
   * (n, outputs): the outputs of the samples in {@link #features}, as the network gives them; the
   * predictor's own memory.
   */
  public float[] outputs() {
    forward();
    return prediction;
  }

  /**
   * (n, outputs): the last {@link #outputs} as probabilities, where the loss says how; the
   * predictor's own memory.
   */
  public float[] probabilities() {
    System.arraycopy(prediction, 0, probabilities, 0, batch.n() * outputs);
    objective.loss().toProbabilities(batch.n(), outputs, probabilities);
    return probabilities;
  }

  @Override
  public void close() {
    execution.close();
  }
}
