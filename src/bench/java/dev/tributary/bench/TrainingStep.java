package dev.tributary.bench;

import dev.tributary.engine.EngineProvider;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import java.util.List;
import java.util.Random;

/**
 * A whole training step by one thread, without Spark: weights in, forward, backward, gradient out,
 * its mean, SGD with momentum.
 */
final class TrainingStep implements AutoCloseable {
  private final Network network;
  private final Execution execution;
  private final Batch batch;
  private final Loss loss = new SoftmaxCrossEntropy();
  private final Optimizer optimizer = Optimizer.sgd(0.9, false, 0);
  private final float[] weights;
  private final float[] gradient;
  private final float[][] slots;
  private final List<Tensor> tensors;
  private long step;

  TrainingStep(BenchNetwork which, int samples, EngineProvider engine) {
    network = which.network();
    execution = new Execution(network, engine.open());
    weights = network.initialValues(1);
    gradient = new float[network.valueCount()];
    slots = optimizer.newSlots(network.parameterCount());
    tensors = Tensor.whole(network.parameterCount());
    batch = new Batch(network.input());
    batch.resize(samples);
    Random random = new Random(1);
    for (int i = 0; i < samples * network.input().size(); i++) {
      batch.features()[i] = random.nextFloat();
    }
    for (int i = 0; i < samples; i++) {
      batch.labels()[i] = random.nextInt(10);
    }
  }

  /** Makes a step; the mean loss before it. */
  double run() {
    execution.load(weights);
    double sum = execution.lossAndGradient(batch, loss, Pass.training(1, step, 0));
    execution.gradient().get(gradient, 0, gradient.length);
    float share = 1f / batch.n();
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= share;
    }
    step++;
    optimizer.step(weights, gradient, slots, tensors, 1e-3, step);
    network.moveState(weights, gradient);
    return sum / batch.n();
  }

  int samples() {
    return batch.n();
  }

  @Override
  public void close() {
    execution.close();
  }
}
