package dev.tributary.engine.plain;

/** What affine maps and convolutions share: the gradient by a bias. */
final class Rows {
  private Rows() {}

  /** Each column's sum over the rows of x, (rows, columns). */
  static void sum(int rows, int columns, PlainBuffer x, PlainBuffer sums) {
    sums.clear(columns);
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        sums.add(c, x.at(r * columns + c));
      }
    }
  }
}
