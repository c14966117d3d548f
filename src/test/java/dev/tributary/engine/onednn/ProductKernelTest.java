package dev.tributary.engine.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProductKernelTest {
  @ParameterizedTest
  @CsvSource({
    // forward: x Wᵀ
    "1024, 1024, 784, false, true, true",
    "128, 1024, 1024, false, true, true",
    "32, 256, 256, false, true, false",
    // the input's gradient: dy W; rows of 4096 bytes are walked down only where they are copied
    "512, 1024, 1024, false, false, true",
    "256, 1024, 1024, false, false, false",
    "256, 784, 1024, false, false, true",
    // the weights' gradient: dyᵀ x
    "1024, 784, 512, true, false, true",
    "512, 512, 1024, true, false, false",
  })
  void choosesByTheSizes(
      long rows, long columns, long summed, boolean left, boolean right, boolean isPlain) {
    assertEquals(isPlain, new ProductKernel(rows, columns, summed, left, right).isPlainFaster());
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 784, 512, true, true",
    "256, 512, 1, true, true",
    "1024, 784, 512, false, false",
    "255, 4096, 512, true, false",
    "4096, 511, 512, true, false",
  })
  void copiesTransposesOfWideProducts(
      long rows, long columns, long summed, boolean left, boolean isCopied) {
    ProductKernel kernel = new ProductKernel(rows, columns, summed, left, false);
    assertEquals(isCopied, kernel.isTransposedBefore("brg_matmul:avx10_1_512_amx"));
    assertFalse(kernel.isTransposedBefore("brg_matmul:avx512_core_bf16"));
  }
}
