package dev.tributary.data.prepare;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Numbers that a transformation has for each column: checks, words, and what a job file says. */
final class Parameters {
  /** More are not listed in words. */
  private static final int LISTED = 6;

  private Parameters() {}

  /** A transformation's type and columns, to which it adds its own keys. */
  static Map<String, Object> map(String type, Columns columns) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("type", type);
    int[] numbers = columns.numbers();
    if (numbers != null) {
      map.put("columns", Arrays.stream(numbers).boxed().toList());
    }
    return map;
  }

  /** Adds a list, if there is one. */
  static void put(Map<String, Object> map, String key, double @Nullable [] values) {
    if (values != null) {
      map.put(key, Arrays.stream(values).boxed().toList());
    }
  }

  /**
   * Checks one finite number for each column; a single one is for all.
   *
   * @throws IllegalArgumentException in words that name the key
   */
  static double @Nullable [] checked(String key, Columns columns, double @Nullable [] values) {
    if (values == null) {
      return null;
    }
    double[] each = values.clone();
    if (values.length == 1 && columns.count() > 1) {
      each = new double[columns.count()];
      Arrays.fill(each, values[0]);
    }
    if (each.length != columns.count()) {
      throw new IllegalArgumentException(
          String.format(
              "%s has %d numbers, expected 1 or, by %s, %d",
              key, each.length, columns.name(), columns.count()));
    }
    for (double value : each) {
      if (!Float.isFinite((float) value)) {
        throw new IllegalArgumentException(key + " must be finite in float32, not " + value);
      }
    }
    return each;
  }

  /** {@code mean 0.1307}, or {@code mean 0.1, 2.0, … (20 of them)}. */
  static String words(String key, double[] values) {
    String list =
        Arrays.stream(values)
            .limit(LISTED)
            .mapToObj(v -> String.format(Locale.ROOT, "%.5g", v))
            .collect(Collectors.joining(", "));
    return key
        + " "
        + list
        + (values.length > LISTED ? String.format(", … (%d of them)", values.length) : "");
  }
}
