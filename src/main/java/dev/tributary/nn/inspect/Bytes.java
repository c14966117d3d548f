package dev.tributary.nn.inspect;

import java.util.Locale;

/** Sizes as people read them. */
final class Bytes {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

  private Bytes() {}

  /** {@code 1724320} is {@code 1.7 MB}; a kB is 1,000 bytes. */
  static String of(long bytes) {
    double value = bytes;
    String unit = "bytes";
    for (int i = 0; i < UNITS.length && value >= 999.5; i++) {
      value /= 1000;
      unit = UNITS[i];
    }
    String format = value < 10 && !unit.equals("bytes") ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, value, unit);
  }
}
