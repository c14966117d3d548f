package dev.tributary.train;

import dev.tributary.data.Step;

/** Training left the finite numbers. The message names the step and says what to try. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private DivergedException(String message) {
    super(message);
  }

  /** Refuses a loss or gradient that is not finite. */
  static void check(double loss, float[] gradient, Step step, double rate) {
    // NaN and infinity survive multiplication by 0, and 0 survives nothing else.
    float residue = 0f;
    for (float g : gradient) {
      residue += g * 0f;
    }
    if (residue == 0f && Double.isFinite(loss)) {
      return;
    }
    throw new DivergedException(
        String.format(
            "training diverged at epoch %d, step %d of %d: the %s is not finite (loss %s, learning"
                + " rate %s); try a smaller rate, e.g. -D train.optimizer.rate=%.3g",
            step.epoch() + 1,
            step.index() + 1,
            step.count(),
            Double.isFinite(loss) ? "gradient" : "loss",
            loss,
            rate,
            rate / 10));
  }
}
