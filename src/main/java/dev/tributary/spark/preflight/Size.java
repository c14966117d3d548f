package dev.tributary.spark.preflight;

import java.util.Locale;

/** Bytes in words, as a reader and as Spark's options have them. */
final class Size {
  private static final long MB = 1L << 20;
  private static final long GB = 1L << 30;

  private Size() {}

  /** {@code 3.2 GB}. */
  static String words(long bytes) {
    if (bytes >= GB) {
      return String.format(Locale.ROOT, "%,.1f GB", (double) bytes / GB);
    }
    return String.format(Locale.ROOT, "%,.1f MB", (double) bytes / MB);
  }

  /** {@code 5g}: at least so many, in whole gigabytes. */
  static String option(long bytes) {
    return Math.max(1, (bytes + GB - 1) / GB) + "g";
  }
}
