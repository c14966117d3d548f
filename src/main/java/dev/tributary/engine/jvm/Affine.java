package dev.tributary.engine.jvm;

import static dev.tributary.tensor.MatrixView.transposed;

import breeze.linalg.DenseMatrix;
import dev.tributary.engine.AffineSize;
import org.jspecify.annotations.Nullable;

/** The affine products; the formulas stand in {@link dev.tributary.engine.Engine}. */
final class Affine {
  private final MatrixProduct product;

  Affine(MatrixProduct product) {
    this.product = product;
  }

  void forward(
      AffineSize s, int n, HeapBuffer x, HeapBuffer w, @Nullable HeapBuffer b, HeapBuffer y) {
    DenseMatrix<Object> weight = w.matrix(s.outputs(), s.inputs());
    float beta = Rows.startFrom(b, n, s.outputs(), y);
    product.multiply(x.matrix(n, s.inputs()), transposed(weight), beta, y.matrix(n, s.outputs()));
  }

  void inputGradient(AffineSize s, int n, HeapBuffer dy, HeapBuffer w, HeapBuffer dx) {
    product.multiply(
        dy.matrix(n, s.outputs()), w.matrix(s.outputs(), s.inputs()), 0f, dx.matrix(n, s.inputs()));
  }

  void weightGradient(
      AffineSize s, int n, HeapBuffer x, HeapBuffer dy, HeapBuffer dw, @Nullable HeapBuffer db) {
    product.multiply(
        transposed(dy.matrix(n, s.outputs())),
        x.matrix(n, s.inputs()),
        0f,
        dw.matrix(s.outputs(), s.inputs()));
    if (db != null) {
      Rows.sum(dy, n, s.outputs(), db);
    }
  }
}
