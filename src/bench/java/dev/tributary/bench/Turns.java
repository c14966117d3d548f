package dev.tributary.bench;

import java.util.Arrays;

/** What several turns of the same come to. */
final class Turns {
  private Turns() {}

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
