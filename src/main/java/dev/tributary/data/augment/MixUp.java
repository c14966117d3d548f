package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import java.io.Serializable;
import java.util.Locale;

/**
 * Two samples in one: {@code x = λ x + (1 − λ) x'}, and the same of what should be predicted, a
 * class being one-hot. λ is the larger part of a draw from Beta(α, α). (Zhang, Cissé, Dauphin,
 * Lopez-Paz: "mixup: beyond empirical risk minimization", 2018.)
 *
 * @param alpha α, from 0.05 to 1: the larger, the more even the parts
 */
public record MixUp(double alpha) implements Serializable {
  /** With this α. */
  public MixUp {
    if (!(alpha >= 0.05 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha must be from 0.05 to 1, not " + alpha);
    }
  }

  /**
   * λ: M. D. Jöhnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", 1964. With α
   * up to 1 at least every second try succeeds; from 0.05 nothing becomes 0.
   */
  float draw(Philox random) {
    while (true) {
      double x = StrictMath.pow(1 - random.nextDouble(), 1 / alpha);
      double y = StrictMath.pow(1 - random.nextDouble(), 1 / alpha);
      if (x + y <= 1) {
        return (float) (Math.max(x, y) / (x + y));
      }
    }
  }

  /** In words, for {@code inspect}. */
  public String describe() {
    return String.format(Locale.ROOT, "mix_up with alpha %.3g", alpha);
  }
}
