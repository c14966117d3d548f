package dev.tributary.data.prepare;

import dev.tributary.data.DataException;
import java.util.Map;

/** {@code log(1 + x)}, natural: for what grows by factors, such as counts and amounts. */
public final class Logarithm implements Transformation {
  private static final long serialVersionUID = 1L;

  private final Columns columns;

  /** Of these columns. */
  public Logarithm(Columns columns) {
    this.columns = columns;
  }

  @Override
  public Columns columns() {
    return columns;
  }

  @Override
  public void apply(float[] features, int n) {
    int stride = Columns.count(columns.shape());
    int values = n * columns.shape().size();
    for (int i = 0; i < columns.count(); i++) {
      for (int j = columns.number(i); j < values; j += stride) {
        if (features[j] <= -1f) {
          throw new DataException(
              String.format(
                  "%s %d is %s in a sample, but log1p is the logarithm of 1 + x, for x above -1; put"
                      + " {type = clip, low = 0} before it in data.prepare, or mend the data",
                  columns.name(), columns.number(i), features[j]));
        }
        features[j] = (float) StrictMath.log1p(features[j]);
      }
    }
  }

  @Override
  public String describe() {
    return "log1p" + columns.words();
  }

  @Override
  public Map<String, Object> toMap() {
    return Parameters.map("log1p", columns);
  }
}
