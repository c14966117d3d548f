package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/** Random numbers with bounds: no sample may be so far out that nobody could read it. */
final class Chance {
  private Chance() {}

  /** Anything from {@code low} to {@code high}, evenly. */
  static double between(double low, double high, Philox random) {
    return low + (high - low) * random.nextFloat();
  }

  /** Around zero with this deviation, bell-shaped, never beyond three deviations. */
  static double around(double deviation, Philox random) {
    // Three uniform numbers sum to mean 3/2, deviation 1/2.
    double sum = (double) random.nextFloat() + random.nextFloat() + random.nextFloat();
    return 2 * deviation * (sum - 1.5);
  }

  /** Whether something happens that does so with this probability. */
  static boolean of(double probability, Philox random) {
    return random.nextFloat() < probability;
  }
}
