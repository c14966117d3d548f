package dev.tributary.spark;

/** How many partitions, and so tasks a step, suit a cluster. */
public final class Partitions {
  private Partitions() {}

  /**
   * The power of two, up to the number of shards, with which the cores finish first; of those, the
   * smallest. With 2 cores and 16 shards 2; with 3 cores 8, as 4 would leave two cores waiting for
   * half of the time.
   */
  public static int best(int shards, int cores) {
    int best = 1;
    long bestTime = Long.MAX_VALUE;
    for (int p = 1; p <= shards; p *= 2) {
      long rounds = (p + cores - 1L) / cores;
      long time = rounds * shards / p;
      if (time < bestTime) {
        best = p;
        bestTime = time;
      }
    }
    return best;
  }
}
