package dev.tributary.optim;

import java.io.Serializable;

/**
 * An exponential moving average of the weights: {@code a ← d a + (1 − d) w} after each step, with
 * {@code d = min(decay, (1 + step) / (10 + step))}, so that the first weights are soon forgotten.
 * (Polyak, Juditsky: "Acceleration of stochastic approximation by averaging", 1992; the growing
 * decay is TensorFlow's.)
 *
 * @param decay in (0, 1), such as 0.999
 */
public record Average(double decay) implements Serializable {
  /** Checks the decay. */
  public Average {
    if (!(decay > 0 && decay < 1)) {
      throw new IllegalArgumentException("decay must be above 0 and below 1, not " + decay);
    }
  }

  /**
   * Moves the average by a step.
   *
   * @param average the average, in place
   * @param values the values after the step
   * @param step the step's number, from 1
   */
  public void move(float[] average, float[] values, long step) {
    double keep = Math.min(decay, (1.0 + step) / (10.0 + step));
    float d = (float) keep;
    float rest = (float) (1 - keep);
    for (int i = 0; i < average.length; i++) {
      average[i] = d * average[i] + rest * values[i];
    }
  }
}
