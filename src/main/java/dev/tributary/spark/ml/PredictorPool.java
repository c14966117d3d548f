package dev.tributary.spark.ml;

import dev.tributary.data.BadRowException;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A model, broadcast once, and on each executor the predictors that have been opened for it: a task
 * borrows one and gives it back, so that weights are loaded once for each core and not for each
 * task. They go with the broadcast.
 */
final class PredictorPool implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final FloatBlock weights;
  private final int most;
  private transient Queue<Predictor> idle = new ConcurrentLinkedQueue<>();

  /** Of predictors that take so many samples at once. */
  PredictorPool(Objective objective, FloatBlock weights, int most) {
    this.objective = objective;
    this.weights = weights;
    this.most = most;
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    idle = new ConcurrentLinkedQueue<>();
  }

  /** One that nobody else uses until it is given back. */
  Predictor borrow() {
    Predictor predictor = idle.poll();
    return predictor == null ? new Predictor(objective, weights.values(), most) : predictor;
  }

  void giveBack(Predictor predictor) {
    idle.add(predictor);
  }

  /**
   * The outputs of one sample, in this thread.
   *
   * @throws IllegalArgumentException if it is none
   */
  Outputs predict(@Nullable Object features, FeatureWriter writer, int outputs) {
    Predictor predictor = borrow();
    try {
      writer.write(features, predictor.features(1), 0);
      float[] raw = Arrays.copyOf(predictor.outputs(), outputs);
      return new Outputs(raw, Arrays.copyOf(predictor.probabilities(), outputs));
    } catch (BadRowException e) {
      throw new IllegalArgumentException(e.kind().words() + ": " + e.getMessage(), e);
    } finally {
      giveBack(predictor);
    }
  }

  /** Outputs of one sample, as the network gives them and as probabilities. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier for one hand-over, never compared
  record Outputs(float[] raw, float[] probabilities) {}
}
