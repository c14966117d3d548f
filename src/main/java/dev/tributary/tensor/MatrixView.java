package dev.tributary.tensor;

import breeze.linalg.DenseMatrix;
import breeze.linalg.DenseMatrix$;

/**
 * Breeze's view of a slice of a flat {@code float[]} as a matrix: no copy is made, and what is
 * written through one is seen by the other.
 *
 * <p>Our memory is row-major; to Breeze that is a transposed column-major matrix, so a view of
 * {@code (rows, columns)} has {@code isTranspose} set and a stride between rows. Scala's
 * specialised {@code DenseMatrix[Float]} reads {@code DenseMatrix<Object>} from Java; this class is
 * the only place that needs to know.
 */
public final class MatrixView {
  private MatrixView() {}

  /** The row-major {@code (rows, columns)} matrix that starts at {@code offset}. */
  public static DenseMatrix<Object> of(float[] data, int offset, int rows, int columns) {
    return of(data, offset, rows, columns, columns);
  }

  /** The same with {@code stride} values from the start of a row to the start of the next. */
  public static DenseMatrix<Object> of(
      float[] data, int offset, int rows, int columns, int stride) {
    return DenseMatrix$.MODULE$.create(rows, columns, data, offset, stride, true);
  }

  /** The transposed view of the same memory. */
  public static DenseMatrix<Object> transposed(DenseMatrix<Object> m) {
    return DenseMatrix$.MODULE$.create(
        m.cols(), m.rows(), m.data(), m.offset(), m.majorStride(), !m.isTranspose());
  }
}
