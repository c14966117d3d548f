package dev.tributary.data.prepare;

import java.io.Serializable;

/** {@code (x − offset) · factor} by feature; what is not chosen keeps its bytes. */
final class Linear implements Serializable {
  private static final long serialVersionUID = 1L;

  private final float[] offset;
  private final float[] factor;

  /** With these of each chosen column. */
  Linear(Columns columns, double[] offsets, double[] factors) {
    offset = columns.spread(offsets, 0f);
    factor = columns.spread(factors, 1f);
  }

  void apply(float[] features, int n) {
    int size = offset.length;
    for (int i = 0; i < n; i++) {
      int from = i * size;
      for (int j = 0; j < size; j++) {
        features[from + j] = (features[from + j] - offset[j]) * factor[j];
      }
    }
  }
}
