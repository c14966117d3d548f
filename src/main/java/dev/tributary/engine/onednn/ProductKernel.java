package dev.tributary.engine.onednn;

import java.util.function.Supplier;
import org.bytedeco.dnnl.matmul;

/**
 * Which of oneDNN's kernels makes a product of matrices. The choice follows from sizes and the
 * instruction set alone, never from a clock, so that it is everywhere the same.
 *
 * <p>oneDNN 3.11 lists "brgemm" first. For AVX2 its plain product is up to twice as fast, for it
 * copies blocks of both factors into the order in which they are read; except where it is told to
 * leave the copying out and then walks a factor by strides that fall into the same few sets of the
 * cache.
 *
 * @param rows of the product, m
 * @param columns of the product, n
 * @param summed over how many values each is summed, k
 * @param isLeftTransposed whether the first factor lies as its transpose
 * @param isRightTransposed whether the second does
 */
record ProductKernel(
    long rows, long columns, long summed, boolean isLeftTransposed, boolean isRightTransposed) {
  /** Multiplications from which the choice makes a difference. */
  private static final long LARGE = 1L << 26;

  /** oneDNN's plain product copies no factor where 1/m + 1/n is this or more. */
  private static final double UNCOPIED = 0.0038;

  /** Rows, and columns, from which a transposed factor is copied for AMX. */
  private static final int WIDE_ROWS = 256;

  private static final int WIDE_COLUMNS = 512;

  /** A row of so many float32, or of a multiple, lies badly in the cache. */
  private static final int BAD_STRIDE = 512;

  /** A product's descriptor, at the kernel to be used. */
  matmul.primitive_desc of(Supplier<matmul.primitive_desc> descriptors) {
    matmul.primitive_desc first = descriptors.get();
    if (!name(first).equals("brg_matmul:avx2") || !isPlainFaster()) {
      return first;
    }
    matmul.primitive_desc another = descriptors.get();
    do {
      if (name(another).startsWith("gemm:jit")) {
        return another;
      }
    } while (another.next_impl());
    return first;
  }

  /** Whether AVX2's plain product is faster than its "brgemm", as measured on Zen 3. */
  boolean isPlainFaster() {
    if (rows * columns * summed < LARGE) {
      return false;
    }
    boolean isCopied = 1.0 / rows + 1.0 / columns < UNCOPIED;
    return isCopied || (!isLeftTransposed && (isRightTransposed || columns % BAD_STRIDE != 0));
  }

  /**
   * Whether the first factor, which lies as its transpose, is better copied to lie row-major
   * before: AMX's "brgemm" transposes it block by block, and again for each few columns of the
   * product. The whole takes 0.5 to 0.9 of the time then, as measured on Emerald Rapids; with fewer
   * rows or columns, up to 1.8.
   */
  boolean isTransposedBefore(String kernel) {
    boolean isWide = rows >= WIDE_ROWS && columns >= WIDE_COLUMNS;
    return isLeftTransposed && isWide && kernel.endsWith("amx");
  }

  /** Which kernel it is, as oneDNN calls it. */
  static String name(matmul.primitive_desc descriptor) {
    return descriptor.impl_info_str().getString();
  }
}
