package dev.tributary.data.prepare;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a number in the place of missing values, NaN. */
public final class Filling implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;
  private final double @Nullable [] value;
  private final float @Nullable [] values;

  /**
   * Of these columns.
   *
   * @param value for each column, or one for all; null for the training samples' mean
   * @throws IllegalArgumentException if there are too many or too few
   */
  public Filling(Columns columns, double @Nullable [] value) {
    this.columns = columns;
    this.value = Parameters.checked("value", columns, value);
    this.values = this.value == null ? null : columns.spread(this.value, Float.NaN);
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public boolean isFitted() {
    return values != null;
  }

  @Override
  public Filling fit(Moments moments) {
    if (values != null) {
      return this;
    }
    double[] means = new double[columns.count()];
    for (int i = 0; i < means.length; i++) {
      Ranges.check(columns, columns.number(i), moments, "fill");
      means[i] = moments.mean(columns.number(i));
    }
    return new Filling(columns, means);
  }

  @Override
  public void apply(float[] features, int n) {
    if (values == null) {
      throw new IllegalStateException(describe() + " is not fitted");
    }
    int size = values.length;
    for (int i = 0; i < n; i++) {
      int from = i * size;
      for (int j = 0; j < size; j++) {
        if (Float.isNaN(features[from + j])) {
          features[from + j] = values[j];
        }
      }
    }
  }

  @Override
  public String describe() {
    return "fill missing values"
        + columns.words()
        + (value == null
            ? " with the training samples' mean"
            : ": " + Parameters.words("with", value));
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = Parameters.map("fill", columns);
    if (value == null) {
      map.put("value", "mean");
    } else {
      Parameters.put(map, "value", value);
    }
    return map;
  }
}
