package dev.tributary.engine.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
