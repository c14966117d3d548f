package dev.tributary.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Storage;
import dev.tributary.tensor.BFloat16;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** More values than are rounded at a time. */
class LargePutTest {
  private static final int COUNT = (1 << 18) + 5;
  private static final int OFFSET = 3;

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem(Precision.BF16)).as("why bf16 is not tested").isEmpty();
  }

  @Test
  void roundsEveryValue() {
    float[] source = new float[OFFSET + COUNT];
    for (int i = 0; i < source.length; i++) {
      source[i] = (float) Math.sin(i);
    }
    float[] expected = Arrays.copyOfRange(source, OFFSET, source.length);
    BFloat16.round(expected, 0, COUNT);
    try (Engine e = new OneDnnEngineProvider(Precision.BF16).open()) {
      Buffer buffer = e.allocate(COUNT, Storage.ROUNDED);
      buffer.put(source, OFFSET, COUNT);
      float[] found = new float[COUNT];
      buffer.get(found, 0, COUNT);
      assertThat(found).isEqualTo(expected);
    }
  }

  /** A factor is held in full and rounded: products read the one, {@code get} the other. */
  @Test
  void holdsEveryValueOfAFactorTwice() {
    int rows = 257;
    AffineSize size = new AffineSize(1024, 1);
    float[] x = new float[rows * size.inputs()];
    for (int i = 0; i < x.length; i++) {
      // Rounded, the row's number, up to 128; in full a little more.
      x[i] = i / size.inputs() % 128 + 1 + 0x1p-10f;
    }
    float[] ones = new float[size.inputs()];
    Arrays.fill(ones, 1f);
    try (Engine e = new OneDnnEngineProvider(Precision.BF16).open()) {
      Buffer factor = e.allocate(x.length, Storage.FACTOR);
      factor.put(x, 0, x.length);
      Buffer weight = e.allocate(ones.length, Storage.ROUNDED);
      weight.put(ones, 0, ones.length);
      Buffer y = e.allocate(rows);
      e.affine(size, rows, factor, weight, null, y);
      float[] sums = new float[rows];
      y.get(sums, 0, rows);
      for (int i = 0; i < rows; i++) {
        assertThat(sums[i]).as("row %d", i).isEqualTo(1024f * (i % 128 + 1));
      }
      float[] found = new float[x.length];
      factor.get(found, 0, x.length);
      assertThat(found).isEqualTo(x);
    }
  }
}
