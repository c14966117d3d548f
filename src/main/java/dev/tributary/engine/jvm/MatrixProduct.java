package dev.tributary.engine.jvm;

import breeze.linalg.DenseMatrix;
import dev.ludovic.netlib.blas.BLAS;

/**
 * {@code C = A B + beta C} on Breeze's views, by netlib's BLAS, into memory that exists. (Breeze's
 * own operator, which calls the same BLAS, would allocate its result.)
 */
final class MatrixProduct {
  private final BLAS blas;

  MatrixProduct(BLAS blas) {
    this.blas = blas;
  }

  /**
   * Multiplies. C is row-major; A and B may be views of either kind.
   *
   * <p>BLAS is column-major, and a row-major C is the column-major Cᵀ, so what is asked of it is
   * {@code Cᵀ = Bᵀ Aᵀ}: a row-major operand is already the transpose it needs.
   */
  void multiply(DenseMatrix<Object> a, DenseMatrix<Object> b, float beta, DenseMatrix<Object> c) {
    blas.sgemm(
        b.isTranspose() ? "N" : "T",
        a.isTranspose() ? "N" : "T",
        c.cols(),
        c.rows(),
        a.cols(),
        1f,
        (float[]) b.data(),
        b.offset(),
        b.majorStride(),
        (float[]) a.data(),
        a.offset(),
        a.majorStride(),
        beta,
        (float[]) c.data(),
        c.offset(),
        c.majorStride());
  }
}
