package dev.tributary.data.prepare;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code min(max(x, low), high)}. Missing values stay missing. */
public final class Clipping implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;
  private final @Nullable Double low;
  private final @Nullable Double high;
  private final float[] lows;
  private final float[] highs;

  /**
   * Of these columns.
   *
   * @param low what is below becomes this; null for no bound
   * @param high what is above becomes this; null for no bound
   * @throws IllegalArgumentException if neither is given, or low is above high
   */
  public Clipping(Columns columns, @Nullable Double low, @Nullable Double high) {
    if (low == null && high == null) {
      throw new IllegalArgumentException("clip needs low, high, or both");
    }
    if (low != null && high != null && !(low <= high)) {
      throw new IllegalArgumentException("low (" + low + ") must not be above high (" + high + ")");
    }
    this.columns = columns;
    this.low = low;
    this.high = high;
    this.lows = bounds(columns, low, Float.NEGATIVE_INFINITY);
    this.highs = bounds(columns, high, Float.POSITIVE_INFINITY);
  }

  private static float[] bounds(Columns columns, @Nullable Double bound, float none) {
    double[] each = new double[columns.count()];
    Arrays.fill(each, bound == null ? none : bound);
    return columns.spread(each, none);
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public void apply(float[] features, int n) {
    int size = lows.length;
    for (int i = 0; i < n; i++) {
      int from = i * size;
      for (int j = 0; j < size; j++) {
        features[from + j] = Math.min(Math.max(features[from + j], lows[j]), highs[j]);
      }
    }
  }

  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "clip%s to %s%s%s",
        columns.words(),
        low == null ? "" : "at least " + low,
        low == null || high == null ? "" : " and ",
        high == null ? "" : "at most " + high);
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = Parameters.map("clip", columns);
    if (low != null) {
      map.put("low", low);
    }
    if (high != null) {
      map.put("high", high);
    }
    return map;
  }
}
