package dev.tributary.engine.jvm;

import static dev.tributary.tensor.MatrixView.transposed;

import breeze.linalg.DenseMatrix;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.tensor.MatrixView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution as a matrix product: with the patches of {@link Patches} as rows, it is an affine
 * layer over positions.
 *
 * <pre>
 *   y        = patches Wᵀ    (positions, filters) = (positions, patch)(patch, filters)
 *   dW       = dyᵀ patches   (filters, patch)     = (filters, positions)(positions, patch)
 *   dpatches = dy W          (positions, patch)   = (positions, filters)(filters, patch)
 * </pre>
 *
 * <p>Images are taken a few at a time so that their patches stay in cache; how many is a function
 * of the sizes alone, so that sums are added in the same order everywhere.
 */
final class Convolution {
  /** Values of patches held at once: 1 MiB, about a core's second-level cache. */
  private static final int PATCH_VALUES = 1 << 18;

  private final MatrixProduct product;
  private float[] columns = new float[0];

  Convolution(MatrixProduct product) {
    this.product = product;
  }

  void forward(
      ConvolutionSize s, int n, HeapBuffer x, HeapBuffer w, @Nullable HeapBuffer b, HeapBuffer y) {
    int positions = s.outputHeight() * s.outputWidth();
    float beta = Rows.startFrom(b, n * positions, s.filters(), y);
    int step = imagesAtOnce(s);
    for (int from = 0; from < n; from += step) {
      int images = Math.min(step, n - from);
      for (int g = 0; g < s.groups(); g++) {
        DenseMatrix<Object> patches = patches(s, g, x, from, images);
        DenseMatrix<Object> out = outputs(s, g, y, from, images);
        product.multiply(patches, transposed(filters(s, g, w)), beta, out);
      }
    }
  }

  void inputGradient(ConvolutionSize s, int n, HeapBuffer dy, HeapBuffer w, HeapBuffer dx) {
    Arrays.fill(dx.data, dx.offset, dx.offset + n * s.input().size(), 0f);
    int step = imagesAtOnce(s);
    for (int from = 0; from < n; from += step) {
      int images = Math.min(step, n - from);
      for (int g = 0; g < s.groups(); g++) {
        DenseMatrix<Object> dPatches = patchMatrix(s, images);
        product.multiply(outputs(s, g, dy, from, images), filters(s, g, w), 0f, dPatches);
        Patches.scatterAdd(s, g, columns, dx, from, images);
      }
    }
  }

  void weightGradient(
      ConvolutionSize s,
      int n,
      HeapBuffer x,
      HeapBuffer dy,
      HeapBuffer dw,
      @Nullable HeapBuffer db) {
    int step = imagesAtOnce(s);
    for (int from = 0; from < n; from += step) {
      int images = Math.min(step, n - from);
      float beta = from == 0 ? 0f : 1f;
      for (int g = 0; g < s.groups(); g++) {
        DenseMatrix<Object> patches = patches(s, g, x, from, images);
        DenseMatrix<Object> out = outputs(s, g, dy, from, images);
        product.multiply(transposed(out), patches, beta, filters(s, g, dw));
      }
    }
    if (db != null) {
      Rows.sum(dy, n * s.outputHeight() * s.outputWidth(), s.filters(), db);
    }
  }

  private static int imagesAtOnce(ConvolutionSize s) {
    return Math.max(1, PATCH_VALUES / (s.outputHeight() * s.outputWidth() * s.patch()));
  }

  private DenseMatrix<Object> patches(
      ConvolutionSize s, int group, HeapBuffer x, int from, int images) {
    DenseMatrix<Object> matrix = patchMatrix(s, images);
    Patches.gather(s, group, x, from, images, columns);
    return matrix;
  }

  /** (positions, patch), in the engine's own memory. */
  private DenseMatrix<Object> patchMatrix(ConvolutionSize s, int images) {
    int rows = images * s.outputHeight() * s.outputWidth();
    if (columns.length < rows * s.patch()) {
      columns = new float[rows * s.patch()];
    }
    return MatrixView.of(columns, 0, rows, s.patch());
  }

  /** One group's (filters / groups, patch) of the weights. */
  private static DenseMatrix<Object> filters(ConvolutionSize s, int group, HeapBuffer w) {
    int offset = w.offset + group * s.groupFilters() * s.patch();
    return MatrixView.of(w.data, offset, s.groupFilters(), s.patch());
  }

  /** One group's (positions, filters / groups) of y, in the midst of the other groups' filters. */
  private static DenseMatrix<Object> outputs(
      ConvolutionSize s, int group, HeapBuffer y, int from, int images) {
    int positions = s.outputHeight() * s.outputWidth();
    int offset = y.offset + from * positions * s.filters() + group * s.groupFilters();
    return MatrixView.of(y.data, offset, images * positions, s.groupFilters(), s.filters());
  }
}
