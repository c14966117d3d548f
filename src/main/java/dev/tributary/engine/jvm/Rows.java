package dev.tributary.engine.jvm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Adding one row to many, and many to one: what a bias does forward and backward. */
final class Rows {
  private Rows() {}

  /**
   * Makes every one of the n rows of y the bias, for a product to be added to.
   *
   * @return the product's beta: 1, or 0 when there is no bias
   */
  static float startFrom(@Nullable HeapBuffer bias, int n, int columns, HeapBuffer y) {
    if (bias == null) {
      return 0f;
    }
    for (int i = 0; i < n; i++) {
      System.arraycopy(bias.data, bias.offset, y.data, y.offset + i * columns, columns);
    }
    return 1f;
  }

  /** The sum of the n rows of dy, row after row. */
  static void sum(HeapBuffer dy, int n, int columns, HeapBuffer sum) {
    float[] to = sum.data;
    int at = sum.offset;
    Arrays.fill(to, at, at + columns, 0f);
    float[] from = dy.data;
    for (int i = 0; i < n; i++) {
      int row = dy.offset + i * columns;
      for (int j = 0; j < columns; j++) {
        to[at + j] += from[row + j];
      }
    }
  }
}
