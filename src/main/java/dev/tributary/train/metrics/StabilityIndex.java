package dev.tributary.train.metrics;

/**
 * The population stability index: how far a distribution has moved.
 *
 * <pre>
 *   PSI = Σ (new − old) · ln(new / old)     over the bins' shares
 * </pre>
 *
 * <p>By custom below 0.1 nothing has changed, from 0.25 on much has (Siddiqi, "Credit Risk
 * Scorecards"). It is the symmetric Kullback-Leibler divergence.
 */
public final class StabilityIndex {
  /** From here on a move is worth a look. */
  public static final double SOME = 0.1;

  /** From here on it is large. */
  public static final double LARGE = 0.25;

  /** An empty bin counts as this share, as the logarithm of 0 would drown everything else. */
  private static final double LEAST = 1e-4;

  private StabilityIndex() {}

  /**
   * Of two histograms of the same bins, from {@code from} on.
   *
   * @param bins how many
   */
  public static double of(long[] old, long[] now, int from, int bins) {
    double oldTotal = 0;
    double newTotal = 0;
    for (int i = from; i < from + bins; i++) {
      oldTotal += old[i];
      newTotal += now[i];
    }
    double sum = 0;
    for (int i = from; i < from + bins; i++) {
      double p = Math.max(LEAST, old[i] / oldTotal);
      double q = Math.max(LEAST, now[i] / newTotal);
      sum += (q - p) * Math.log(q / p);
    }
    return sum;
  }
}
