package dev.tributary.train;

import dev.tributary.data.Step;
import java.io.Serializable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where the values are that training moves, and who moves them: in one memory ({@link
 * PlainDescent}), or each executor a part. Every descent makes the same bytes of the same steps.
 */
public interface Descent extends AutoCloseable {
  /**
   * All that a step changes.
   *
   * @param values the flat weights, and state behind them
   * @param slots the optimizer's arrays, each as long as the weights
   * @param averaged the average of the values, if there is one
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier between a descent and who keeps its state
  record State(float[] values, float[][] slots, float @Nullable [] averaged) {
    /** The values to evaluate and to keep: the average if there is one. */
    public float[] best() {
      return averaged == null ? values : averaged;
    }

    /** A copy. */
    public State copy() {
      float[][] copies = new float[slots.length][];
      for (int i = 0; i < slots.length; i++) {
        copies[i] = slots[i].clone();
      }
      return new State(values.clone(), copies, averaged == null ? null : averaged.clone());
    }
  }

  /**
   * What a step's mini-batch was.
   *
   * @param samples how many
   * @param weight their weights, summed
   * @param loss their loss before the update, summed, and for each the penalties on the weights
   */
  record Sums(long samples, double weight, double loss) implements Serializable {}

  /** Samples in the data set. */
  long samples();

  /**
   * Makes a step.
   *
   * @param rate the learning rate
   * @throws DivergedException if the loss, the gradient or the rate is not finite: the state is
   *     then that before the step; or if the update led to values that are not
   */
  Sums step(Step step, double rate);

  /** The state after the last step: the descent's own memory, valid until the next call. */
  State state();

  /**
   * The state after the last step, which nobody changes any more. It may come while the next steps
   * are made, at the latest when the descent is closed; or it fails with what has lost it.
   */
  default CompletableFuture<State> keep() {
    return CompletableFuture.completedFuture(state().copy());
  }

  /** Goes to another state, which is copied. */
  void moveTo(State state);

  @Override
  void close();
}
