package dev.tributary.data.prepare;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code (x − from) / (to − from)} for each column: the range of the training samples, or one that
 * is given, becomes [0, 1]. A column that does not vary becomes 0. Other samples may lie beyond.
 */
public final class RangeScaling implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;
  private final double @Nullable [] from;
  private final double @Nullable [] to;
  private final @Nullable Linear linear;

  /**
   * Of these columns.
   *
   * @param from what becomes 0, for each column, or one for all; null to find both in the training
   *     samples
   * @param to what becomes 1, likewise, above {@code from}
   * @throws IllegalArgumentException if there are too many or too few, or only one of the two
   */
  public RangeScaling(Columns columns, double @Nullable [] from, double @Nullable [] to) {
    if ((from == null) != (to == null)) {
      throw new IllegalArgumentException(
          "from and to belong together; give both, or neither to take them from the training"
              + " samples");
    }
    this.columns = columns;
    this.from = Parameters.checked("from", columns, from);
    this.to = Parameters.checked("to", columns, to);
    this.linear =
        this.from == null || this.to == null
            ? null
            : new Linear(columns, this.from, factors(this.from, this.to));
  }

  private static double[] factors(double[] from, double[] to) {
    double[] factors = new double[from.length];
    for (int i = 0; i < factors.length; i++) {
      if (!(to[i] - from[i] >= Float.MIN_NORMAL)) {
        throw new IllegalArgumentException(
            "to (" + to[i] + ") must be above from (" + from[i] + ")");
      }
      factors[i] = 1 / (to[i] - from[i]);
    }
    return factors;
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
  public RangeScaling fit(Moments moments) {
    if (linear != null) {
      return this;
    }
    double[] least = new double[columns.count()];
    double[] most = new double[columns.count()];
    for (int i = 0; i < least.length; i++) {
      int c = columns.number(i);
      Ranges.check(columns, c, moments, "scale");
      least[i] = moments.least(c);
      double width = (double) moments.most(c) - moments.least(c);
      most[i] = width >= Float.MIN_NORMAL ? moments.most(c) : above(least[i]);
    }
    return new RangeScaling(columns, least, most);
  }

  /** A range for a column that does not vary. */
  private static double above(double least) {
    return least + Math.max(1, 1e-6 * Math.abs(least));
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
    String what = "scale" + columns.words();
    return from == null || to == null
        ? what + " to [0, 1] by the training samples' range"
        : what
            + " to [0, 1]: "
            + Parameters.words("from", from)
            + "; "
            + Parameters.words("to", to);
  }

  @Override
  public Map<String, Object> toMap() {
    Map<String, Object> map = Parameters.map("scale", columns);
    Parameters.put(map, "from", from);
    Parameters.put(map, "to", to);
    return map;
  }
}
