package dev.tributary.nn;

import dev.tributary.engine.plain.PlainBuffer;
import dev.tributary.engine.plain.PlainEngineProvider;

/**
 * The loss of one batch in double precision, as a function of any one number on the way to it: a
 * weight, a value between two layers, a prediction. Only the layers from there on are run again; so
 * numbers must be moved in later layers first, as what follows a moved one stays moved.
 */
final class LossProbe implements AutoCloseable {
  private final Execution execution;
  private final Batch batch;
  private final Loss loss;
  private final double[] slopes;
  private final double middle;

  /** Numbers that can be moved, one at a time. */
  interface Variable {
    /** Number i as it is. */
    double value(int i);

    /** The loss if number i had this value. */
    double lossAt(int i, double value);
  }

  /** Runs forward and backward once: {@link #frame} then has all derivatives. */
  LossProbe(Network network, Loss loss, float[] values, Batch batch, Pass pass) {
    this.execution =
        new Execution(network, new PlainEngineProvider().open(), Derivatives.BY_EVERYTHING);
    this.batch = batch;
    this.loss = loss;
    this.slopes = new double[batch.n() * network.output().size()];
    execution.load(values);
    execution.forward(batch, pass);
    this.middle = evaluate();
    outputGradient().put(slopes);
    execution.backward(batch.n());
  }

  /** The loss with nothing moved. */
  double middle() {
    return middle;
  }

  /** What layer i works on, in the plain engine's buffers. */
  Frame frame(int i) {
    return execution.frame(i);
  }

  /** The loss's derivative by the prediction. */
  PlainBuffer outputGradient() {
    return PlainBuffer.of(execution.outputGradient());
  }

  private double evaluate() {
    double[] predictions = PlainBuffer.of(execution.output()).values(slopes.length);
    return loss.evaluate(batch, slopes.length / batch.n(), predictions, slopes);
  }

  /** A layer's p-th parameter. */
  Variable parameter(int layer, int p) {
    PlainBuffer parameter = PlainBuffer.of(frame(layer).parameter(p));
    return variable(
        parameter,
        restore -> {
          execution.forwardFrom(layer);
          restore.run();
          return evaluate();
        });
  }

  /** A layer's k-th input, as this layer alone sees it. */
  Variable input(int layer, int k) {
    return variable(
        PlainBuffer.of(frame(layer).x(k)),
        restore -> {
          execution.network().layers().get(layer).forward(frame(layer));
          // Before others read it.
          restore.run();
          execution.forwardFrom(layer + 1);
          return evaluate();
        });
  }

  /** The network's output. */
  Variable prediction() {
    return variable(
        PlainBuffer.of(execution.output()),
        restore -> {
          double value = evaluate();
          restore.run();
          return value;
        });
  }

  /** What to do once a number is moved, and when to put it back. */
  private interface Run {
    double loss(Runnable restore);
  }

  private static Variable variable(PlainBuffer numbers, Run run) {
    return new Variable() {
      @Override
      public double value(int i) {
        return numbers.at(i);
      }

      @Override
      public double lossAt(int i, double value) {
        double before = numbers.at(i);
        numbers.set(i, value);
        return run.loss(() -> numbers.set(i, before));
      }
    };
  }

  @Override
  public void close() {
    execution.close();
  }
}
