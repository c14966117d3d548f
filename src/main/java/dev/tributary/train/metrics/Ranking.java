package dev.tributary.train.metrics;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * How well a score puts positives above negatives: counts of both at each score, from which the
 * areas under the ROC and the precision-recall curve follow. Counts, so exact in any order.
 *
 * <p>Scores are told apart to 15 bits of their mantissa, which bounds the memory, at about a
 * million different scores; scores that are not told apart count as equal.
 */
final class Ranking implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Low bits of the mantissa that are not looked at. */
  private static final int DROPPED_BITS = 8;

  /** Negatives and positives by score. */
  private final TreeMap<Integer, long[]> counts = new TreeMap<>();

  void count(float score, boolean positive) {
    counts.computeIfAbsent(key(score), k -> new long[2])[positive ? 1 : 0]++;
  }

  /** Ordered as the scores are. */
  private static int key(float score) {
    int bits = Float.floatToIntBits(score + 0f);
    return (bits >= 0 ? bits : bits ^ Integer.MAX_VALUE) >> DROPPED_BITS;
  }

  void add(Ranking other) {
    other.counts.forEach(
        (key, more) -> {
          long[] mine = counts.computeIfAbsent(key, k -> new long[2]);
          mine[0] += more[0];
          mine[1] += more[1];
        });
  }

  private long total(int which) {
    return counts.values().stream().mapToLong(c -> c[which]).sum();
  }

  /**
   * The area under the ROC curve: the share of pairs of a positive and a negative in which the
   * positive scores higher, equals counting half (the statistic of Mann and Whitney). NaN without
   * both.
   */
  double rocArea() {
    double pairs = 0;
    long negativesBelow = 0;
    for (long[] c : counts.values()) {
      pairs += c[1] * (negativesBelow + c[0] / 2.0);
      negativesBelow += c[0];
    }
    return pairs / ((double) total(1) * total(0));
  }

  /**
   * The area under the precision-recall curve as average precision: {@code Σ (Rₖ − Rₖ₋₁) Pₖ} over
   * the thresholds from the highest score down. NaN without positives.
   */
  double precisionRecallArea() {
    double area = 0;
    long found = 0;
    long taken = 0;
    for (long[] c : counts.descendingMap().values()) {
      found += c[1];
      taken += c[0] + c[1];
      area += c[1] * ((double) found / taken);
    }
    return area / total(1);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ranking that
        && counts.size() == that.counts.size()
        && counts.entrySet().stream().allMatch(e -> isSame(e, that));
  }

  private static boolean isSame(Map.Entry<Integer, long[]> entry, Ranking other) {
    return Arrays.equals(entry.getValue(), other.counts.get(entry.getKey()));
  }

  @Override
  public int hashCode() {
    return counts.keySet().hashCode();
  }
}
