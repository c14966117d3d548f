package dev.tributary.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Storage;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The weight gradient at sizes at which AMX has dy transposed before, in blocks of rows that reach
 * beyond the batch.
 */
class WideProductTest {
  private static final AffineSize SIZE = new AffineSize(512, 256);

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem(Precision.BF16)).as("why bf16 is not tested").isEmpty();
  }

  /**
   * What lies behind the batch, NaN, is in no sum; nor is it where there is no room for a block.
   */
  @ParameterizedTest
  @CsvSource({"1, 16", "16, 16", "17, 32", "33, 33", "63, 64", "64, 64", "95, 101", "127, 128"})
  void sumsTheBatchAlone(int n, int room) {
    Philox random = Philox.stream(n, Purpose.PERMUTATION, 13, 0);
    float[] x = values(random, n * SIZE.inputs());
    float[] dy = values(random, n * SIZE.outputs());
    float[] expected;
    try (Engine e = new JvmEngineProvider().open()) {
      expected = gradient(e, x, dy, n, n);
    }
    for (Precision precision : Precision.values()) {
      try (Engine e = new OneDnnEngineProvider(precision).open()) {
        float[] found = gradient(e, x, dy, n, room);
        for (int i = 0; i < expected.length; i++) {
          assertThat(found[i])
              .as("%s, value %d", precision, i)
              .isCloseTo(expected[i], within(1e-4f));
        }
      }
    }
  }

  private static float[] gradient(Engine e, float[] x, float[] dy, int n, int room) {
    Buffer dWeight = e.allocate(SIZE.outputs() * SIZE.inputs());
    Buffer dBias = e.allocate(SIZE.outputs());
    e.affineWeightGradient(
        SIZE,
        n,
        filled(e, x, room * SIZE.inputs(), Storage.FACTOR),
        filled(e, dy, room * SIZE.outputs(), Storage.ROUNDED),
        dWeight,
        dBias);
    float[] all = new float[dWeight.size() + dBias.size()];
    dWeight.get(all, 0, dWeight.size());
    dBias.get(all, dWeight.size(), dBias.size());
    return all;
  }

  private static Buffer filled(Engine e, float[] values, int size, Storage storage) {
    float[] padded = Arrays.copyOf(values, size);
    Arrays.fill(padded, values.length, size, Float.NaN);
    Buffer buffer = e.allocate(size, storage);
    buffer.put(padded, 0, size);
    return buffer;
  }

  /** Quarters up to 1, which bfloat16 holds, and whose products are added without rounding. */
  private static float[] values(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (random.nextInt(9) - 4) / 4f;
    }
    return values;
  }
}
