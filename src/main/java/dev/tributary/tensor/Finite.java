package dev.tributary.tensor;

/**
 * Whether values are finite, at the speed of the memory they lie in.
 *
 * <p>NaN and infinity, and nothing else, survive multiplication by 0. One running sum of such
 * products would wait for each addition before the next, as floats may not be added in another
 * order; a row of sums beside each other does not, and becomes vector instructions. So does only a
 * loop whose arrays are read and written at the same index: hence the copy, which stays in the
 * first cache. (2.5 million values: 0.2 ms, where one running sum takes 1.2 ms.)
 */
public final class Finite {
  /** Sums beside each other: 4 KiB. */
  private static final int LANES = 1024;

  private Finite() {}

  /** Whether all of {@code values[from … to − 1]} are. */
  public static boolean all(float[] values, int from, int to) {
    float[] lanes = new float[LANES];
    float[] block = new float[LANES];
    for (int base = from; base < to; base += LANES) {
      int n = Math.min(LANES, to - base);
      System.arraycopy(values, base, block, 0, n);
      add(lanes, block, n);
    }
    return allZero(lanes);
  }

  /**
   * Multiplies {@code values[from … to − 1]} by a factor, in one pass with the check.
   *
   * @return whether all products are finite
   */
  public static boolean scale(float[] values, int from, int to, float factor) {
    float[] lanes = new float[LANES];
    float[] block = new float[LANES];
    for (int base = from; base < to; base += LANES) {
      int n = Math.min(LANES, to - base);
      multiply(values, base, base + n, factor);
      System.arraycopy(values, base, block, 0, n);
      add(lanes, block, n);
    }
    return allZero(lanes);
  }

  private static void multiply(float[] values, int from, int to, float factor) {
    for (int i = from; i < to; i++) {
      values[i] *= factor;
    }
  }

  private static void add(float[] lanes, float[] block, int n) {
    for (int j = 0; j < n; j++) {
      lanes[j] += block[j] * 0f;
    }
  }

  /** The first of {@code values[from … to − 1]} that is not, or −1. */
  public static int firstNot(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!Float.isFinite(values[i])) {
        return i;
      }
    }
    return -1;
  }

  private static boolean allZero(float[] lanes) {
    for (float lane : lanes) {
      if (lane != 0f) {
        return false;
      }
    }
    return true;
  }
}
