package dev.tributary.train.metrics;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.Arrays;

/**
 * Whether one of two models is better than the other on the same samples, and how sure that is.
 *
 * @param method {@code mcnemar} or {@code bootstrap}
 * @param measure {@code accuracy}, the share that is right; or {@code loss}, the mean
 * @param samples how many
 * @param champion the measure of the one in place
 * @param challenger the measure of the new one
 * @param onlyChampion samples that the champion alone has right, or better than the other
 * @param onlyChallenger the same of the challenger
 * @param difference by how much the challenger is better, in the measure
 * @param low the lower end of the difference's interval
 * @param high its upper end
 * @param pValue the probability of a difference at least so large between models equally good; NaN
 *     for the bootstrap
 * @param confidence of the interval, such as 0.95
 */
public record PairedComparison(
    String method,
    String measure,
    long samples,
    double champion,
    double challenger,
    long onlyChampion,
    long onlyChallenger,
    double difference,
    double low,
    double high,
    double pValue,
    double confidence) {
  /** Resamples of the bootstrap, fewer where samples are many. */
  private static final int RESAMPLES = 2000;

  private static final long WORK = 200_000_000;

  /**
   * McNemar's test of the samples that one model alone has right, exact by the binomial
   * distribution (McNemar, "Note on the sampling error of the difference between correlated
   * proportions or percentages", 1947), and Wald's interval of the difference of paired
   * proportions.
   *
   * @param champion for each sample whether it is right
   * @param challenger the same samples, in the same order
   */
  public static PairedComparison mcNemar(
      boolean[] champion, boolean[] challenger, double confidence) {
    long[] only = only(champion, challenger);
    double n = champion.length;
    double difference = (only[1] - only[0]) / n;
    double variance = (only[0] + only[1] - (only[1] - only[0]) * difference) / (n * n);
    double reach = quantile(1 - (1 - confidence) / 2) * Math.sqrt(Math.max(0, variance));
    return new PairedComparison(
        "mcnemar",
        "accuracy",
        champion.length,
        share(champion),
        share(challenger),
        only[0],
        only[1],
        difference,
        difference - reach,
        difference + reach,
        binomial(only[0], only[1]),
        confidence);
  }

  /**
   * The percentile bootstrap of the difference over paired samples (Efron, Tibshirani, "An
   * Introduction to the Bootstrap", chapter 13); the same for the same seed.
   */
  public static PairedComparison bootstrap(
      boolean[] champion, boolean[] challenger, double confidence, long seed) {
    double[] interval = interval(numbers(champion), numbers(challenger), confidence, seed);
    long[] only = only(champion, challenger);
    return new PairedComparison(
        "bootstrap",
        "accuracy",
        champion.length,
        share(champion),
        share(challenger),
        only[0],
        only[1],
        (only[1] - only[0]) / (double) champion.length,
        interval[0],
        interval[1],
        Double.NaN,
        confidence);
  }

  /**
   * The same of losses, sample by sample; the difference is by how much the challenger's mean is
   * lower.
   *
   * @param champion for each sample its loss
   * @param challenger the same samples, in the same order
   */
  public static PairedComparison bootstrapOfLosses(
      double[] champion, double[] challenger, double confidence, long seed) {
    double[] interval = interval(challenger, champion, confidence, seed);
    long[] only = new long[2];
    double sum = 0;
    for (int i = 0; i < champion.length; i++) {
      only[0] += champion[i] < challenger[i] ? 1 : 0;
      only[1] += challenger[i] < champion[i] ? 1 : 0;
      sum += champion[i] - challenger[i];
    }
    return new PairedComparison(
        "bootstrap",
        "loss",
        champion.length,
        Arrays.stream(champion).average().orElse(Double.NaN),
        Arrays.stream(challenger).average().orElse(Double.NaN),
        only[0],
        only[1],
        sum / champion.length,
        interval[0],
        interval[1],
        Double.NaN,
        confidence);
  }

  /** The interval of the mean of {@code b − a}. */
  private static double[] interval(double[] a, double[] b, double confidence, long seed) {
    int n = a.length;
    int resamples = (int) Math.max(200, Math.min(RESAMPLES, WORK / n));
    Philox random = Philox.stream(seed, Purpose.SAMPLING, 0, 1);
    double[] differences = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      double sum = 0;
      for (int k = 0; k < n; k++) {
        int i = random.nextInt(n);
        sum += b[i] - a[i];
      }
      differences[r] = sum / n;
    }
    Arrays.sort(differences);
    int tail = (int) Math.floor((1 - confidence) / 2 * resamples);
    return new double[] {differences[tail], differences[resamples - 1 - tail]};
  }

  private static double[] numbers(boolean[] right) {
    double[] numbers = new double[right.length];
    Arrays.setAll(numbers, i -> right[i] ? 1 : 0);
    return numbers;
  }

  /** Whether the challenger is better by more than the margin, and that is no matter of luck. */
  public boolean isBetterBy(double margin) {
    boolean isSure = Double.isNaN(pValue) ? low > 0 : pValue < 1 - confidence;
    return difference > margin && isSure;
  }

  private static long[] only(boolean[] champion, boolean[] challenger) {
    long[] only = new long[2];
    for (int i = 0; i < champion.length; i++) {
      if (champion[i] != challenger[i]) {
        only[champion[i] ? 0 : 1]++;
      }
    }
    return only;
  }

  private static double share(boolean[] right) {
    int count = 0;
    for (boolean r : right) {
      count += r ? 1 : 0;
    }
    return (double) count / right.length;
  }

  /** Two-sided: the probability of a split of {@code b + c} by a fair coin at least so uneven. */
  private static double binomial(long b, long c) {
    long n = b + c;
    double logTerm = -n * Math.log(2);
    double tail = 0;
    for (long k = 0; k <= Math.min(b, c); k++) {
      tail += Math.exp(logTerm);
      logTerm += Math.log((double) (n - k) / (k + 1));
    }
    return Math.min(1, 2 * tail);
  }

  /**
   * The normal distribution's quantile, by bisection of Abramowitz and Stegun's 26.2.17, whose
   * error is below 7.5e-8.
   */
  private static double quantile(double p) {
    double low = 0;
    double high = 10;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (normal(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double normal(double x) {
    double t = 1 / (1 + 0.2316419 * x);
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    return 1
        - density
            * t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  }
}
