package dev.tributary.data.prepare;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code (x − mean) / deviation} for each column: mean 0 and variance 1 over the training samples,
 * missing values left out. The variance divides by n. A column that does not vary becomes 0.
 */
public final class Standardization implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;
  private final double @Nullable [] mean;
  private final double @Nullable [] deviation;
  private final @Nullable Linear linear;

  /**
   * Of these columns.
   *
   * @param mean for each column, or one for all; null to find both in the training samples
   * @param deviation likewise, above 0
   * @throws IllegalArgumentException if there are too many or too few, or only one of the two
   */
  public Standardization(Columns columns, double @Nullable [] mean, double @Nullable [] deviation) {
    if ((mean == null) != (deviation == null)) {
      throw new IllegalArgumentException(
          "mean and deviation belong together; give both, or neither to take them from the training"
              + " samples");
    }
    this.columns = columns;
    this.mean = Parameters.checked("mean", columns, mean);
    this.deviation = Parameters.checked("deviation", columns, deviation);
    this.linear =
        this.mean == null || this.deviation == null
            ? null
            : new Linear(columns, this.mean, factors(this.deviation));
  }

  private static double[] factors(double[] deviations) {
    for (double deviation : deviations) {
      // Below, its inverse would be infinite in float32.
      if (!(deviation >= Float.MIN_NORMAL)) {
        throw new IllegalArgumentException("deviation must be above 0, not " + deviation);
      }
    }
    return Arrays.stream(deviations).map(d -> 1 / d).toArray();
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public boolean isFitted() {
    return linear != null;
  }

  @Override
  public Standardization fit(Moments moments) {
    if (linear != null) {
      return this;
    }
    double[] means = new double[columns.count()];
    double[] deviations = new double[columns.count()];
    for (int i = 0; i < means.length; i++) {
      int c = columns.number(i);
      Ranges.check(columns, c, moments, "standardize");
      means[i] = moments.mean(c);
      double d = moments.deviation(c);
      deviations[i] = d >= Float.MIN_NORMAL && moments.least(c) < moments.most(c) ? d : 1;
    }
    return new Standardization(columns, means, deviations);
  }

  @Override
  public void apply(float[] features, int n) {
    if (linear == null) {
      throw new IllegalStateException(describe() + " is not fitted");
    }
    linear.apply(features, n);
  }

  @Override
  public String describe() {
    String what = "standardize" + columns.words();
    return mean == null || deviation == null
        ? what + " by the training samples' mean and deviation"
        : what
            + ": "
            + Parameters.words("mean", mean)
            + "; "
            + Parameters.words("deviation", deviation);
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = Parameters.map("standardize", columns);
    Parameters.put(map, "mean", mean);
    Parameters.put(map, "deviation", deviation);
    return map;
  }
}
