package dev.tributary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * However the buffers of an engine in bfloat16 are held, its operations give what float32 gives,
 * but for the rounding of what is rounded.
 */
final class StorageTest {
  private static final int SHAPES = 40;

  /** Half a unit of bfloat16's last place, of the largest value. */
  private static final double ROUNDED = 1.0 / 256;

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem(Precision.BF16)).as("why bf16 is not tested").isEmpty();
  }

  /** Operations on an engine whose buffers come from {@link #given} and {@link #empty}. */
  private static final class Run {
    final Engine engine;
    final Philox storage;
    final List<Buffer> results = new ArrayList<>();

    Run(Engine engine, Philox storage) {
      this.engine = engine;
      this.storage = storage;
    }

    Buffer given(float[] values) {
      Storage[] all = Storage.values();
      return filled(values, all[storage.nextInt(all.length)]);
    }

    private Buffer filled(float[] values, Storage how) {
      Buffer buffer = engine.allocate(values.length, how);
      buffer.put(values, 0, values.length);
      return buffer;
    }

    /** A result: not of {@link Storage#FACTOR}, which operations do not write. */
    Buffer empty(int size) {
      Buffer buffer =
          filled(new float[size], storage.nextInt(2) == 0 ? Storage.EXACT : Storage.ROUNDED);
      results.add(buffer);
      return buffer;
    }
  }

  private interface Work {
    void on(Run run);
  }

  private static void assertAgree(RepetitionInfo repetition, String what, Work work) {
    Philox storage = Philox.stream(repetition.getCurrentRepetition(), Purpose.PERMUTATION, 12, 0);
    Run exact = new Run(new JvmEngineProvider().open(), storage);
    work.on(exact);
    try (Engine engine = new OneDnnEngineProvider(Precision.BF16).open()) {
      Run rounded = new Run(engine, storage);
      work.on(rounded);
      for (int r = 0; r < exact.results.size(); r++) {
        float[] expected = floats(exact.results.get(r));
        float[] found = floats(rounded.results.get(r));
        double largest = 1e-3;
        for (float e : expected) {
          largest = Math.max(largest, Math.abs(e));
        }
        for (int i = 0; i < expected.length; i++) {
          assertThat((double) found[i])
              .as("%s: result %d, value %d", what, r, i)
              .isCloseTo(expected[i], within(3 * ROUNDED * largest));
        }
      }
    }
  }

  private static float[] floats(Buffer buffer) {
    float[] values = new float[buffer.size()];
    buffer.get(values, 0, values.length);
    return values;
  }

  /** Normal values that bfloat16 holds exactly. */
  private static float[] values(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      values[i] = Float.intBitsToFloat(bits & 0xffff0000);
    }
    return values;
  }

  private static Philox random(RepetitionInfo repetition) {
    return Philox.stream(repetition.getCurrentRepetition(), Purpose.PERMUTATION, 13, 0);
  }

  @RepeatedTest(SHAPES)
  void affine(RepetitionInfo repetition) {
    Philox random = random(repetition);
    AffineSize s = new AffineSize(1 + random.nextInt(70), 1 + random.nextInt(70));
    int n = 1 + random.nextInt(20);
    float[] x = values(random, n * s.inputs());
    float[] w = values(random, s.outputs() * s.inputs());
    float[] b = values(random, s.outputs());
    float[] dy = values(random, n * s.outputs());
    assertAgree(
        repetition,
        s + ", n " + n,
        run -> {
          Engine e = run.engine;
          e.affine(
              s,
              n,
              run.given(x),
              run.given(w),
              run.given(b),
              Activation.RELU,
              run.empty(dy.length));
          e.affineInputGradient(s, n, run.given(dy), run.given(w), run.empty(x.length));
          e.affineWeightGradient(
              s, n, run.given(x), run.given(dy), run.empty(w.length), run.empty(b.length));
        });
  }

  @RepeatedTest(SHAPES)
  void convolution(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int groups = 1 + random.nextInt(2);
    Shape input = Shape.image(3 + random.nextInt(8), 3 + random.nextInt(8), groups * 5);
    Window window = Window.of(1 + random.nextInt(3), 1 + random.nextInt(2), random.nextInt(2));
    ConvolutionSize s =
        new ConvolutionSize(input, groups * (1 + random.nextInt(20)), window, window, groups);
    int n = 1 + random.nextInt(4);
    float[] x = values(random, n * s.input().size());
    float[] w = values(random, s.filters() * s.patch());
    float[] b = values(random, s.filters());
    float[] dy = values(random, n * s.output().size());
    assertAgree(
        repetition,
        s + ", n " + n,
        run -> {
          Engine e = run.engine;
          e.convolution(
              s,
              n,
              run.given(x),
              run.given(w),
              run.given(b),
              Activation.RELU,
              run.empty(dy.length));
          e.convolutionInputGradient(s, n, run.given(dy), run.given(w), run.empty(x.length));
          e.convolutionWeightGradient(
              s, n, run.given(x), run.given(dy), run.empty(w.length), run.empty(b.length));
        });
  }

  @RepeatedTest(SHAPES)
  void poolingAndActivations(RepetitionInfo repetition) {
    Philox random = random(repetition);
    Shape input = Shape.image(2 + random.nextInt(8), 2 + random.nextInt(8), 1 + random.nextInt(9));
    Window window = Window.of(2, 1 + random.nextInt(2), random.nextInt(2));
    PoolSize.Kind kind = random.nextInt(2) == 0 ? PoolSize.Kind.MAX : PoolSize.Kind.AVERAGE;
    PoolSize s =
        new PoolSize(kind, input, window, window, random.nextInt(2) == 0, random.nextInt(2) == 0);
    Activation.Kind[] kinds = Activation.Kind.values();
    Activation f = new Activation(kinds[random.nextInt(kinds.length)], 0.3f);
    int n = 1 + random.nextInt(3);
    float[] x = values(random, n * s.input().size());
    float[] dy = values(random, n * s.output().size());
    float[] dz = values(random, x.length);
    assertAgree(
        repetition,
        s + ", n " + n + ", " + f,
        run -> {
          Buffer given = run.given(x);
          Buffer y = run.empty(dy.length);
          Buffer windows = run.engine.allocate(n * s.memory());
          run.engine.pool(s, n, given, y, windows);
          run.engine.poolGradient(s, n, given, y, windows, run.given(dy), run.empty(x.length));
          run.engine.poolGradient(s, n, given, y, null, run.given(dy), run.empty(x.length));
          Buffer z = run.empty(x.length);
          run.engine.activation(f, x.length, given, z);
          run.engine.activationGradient(f, x.length, given, z, run.given(dz), run.empty(x.length));
        });
  }

  @RepeatedTest(SHAPES)
  void normsAndSoftmax(RepetitionInfo repetition) {
    Philox random = random(repetition);
    NormSize s = new NormSize(2 + random.nextInt(30), 1e-3);
    int n = 3 + random.nextInt(20);
    float[] x = values(random, n * s.features());
    float[] gamma = values(random, s.features());
    float[] beta = values(random, s.features());
    float[] dy = values(random, x.length);
    assertAgree(
        repetition,
        s + ", n " + n,
        run -> {
          Engine e = run.engine;
          Buffer rows = e.allocate(2 * n);
          Buffer columns = e.allocate(3 * s.features());
          int f = s.features();
          e.layerNorm(
              s, n, run.given(x), run.given(gamma), run.given(beta), run.empty(x.length), rows);
          e.layerNormGradient(
              s,
              n,
              run.given(x),
              run.given(gamma),
              rows,
              run.given(dy),
              run.empty(x.length),
              run.empty(f),
              run.empty(f));
          e.batchNormOfBatch(
              s, n, run.given(x), run.given(gamma), run.given(beta), columns, run.empty(x.length));
          e.batchNormGradient(
              s,
              n,
              false,
              run.given(x),
              run.given(gamma),
              columns,
              run.given(dy),
              run.empty(x.length),
              run.empty(f),
              run.empty(f));
          e.batchNorm(
              s, n, run.given(x), run.given(gamma), run.given(beta), columns, run.empty(x.length));
          Buffer y = run.empty(x.length);
          e.softmax(n, f, run.given(x), y);
          e.softmaxGradient(n, f, y, run.given(dy), run.empty(x.length));
        });
  }

  @RepeatedTest(SHAPES)
  void sumsProductsAndCopies(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int count = 24 * (1 + random.nextInt(20));
    float[] a = values(random, count);
    float[] b = values(random, count);
    assertAgree(
        repetition,
        count + " values",
        run -> {
          Engine e = run.engine;
          e.add(count, run.given(a), run.given(b), Activation.RELU, run.empty(count));
          e.multiply(count, run.given(a), run.given(b), run.empty(count));
          e.copy(count, run.given(a), run.empty(count));
          e.copyColumns(count / 24, 5, run.given(a), 24, 7, run.empty(count), 12, 3);
          Buffer over = run.empty(count);
          e.copy(count, run.given(a), over);
          e.add(count, run.given(b), over, over);
          float[] sum = new float[count + 2];
          over.addTo(sum, 1, count);
          assertThat(sum[0]).isZero();
          assertThat(sum[count + 1]).isZero();
          Buffer part = e.allocate(count, Storage.ROUNDED);
          part.put(a, 0, count);
          assertThat(floats(part.slice(1, count - 1)))
              .containsExactly(Arrays.copyOfRange(a, 1, count));
        });
  }

  @Test
  void refusesToRememberWindowsInRoundedBuffers() {
    try (Engine e = new OneDnnEngineProvider(Precision.BF16).open()) {
      PoolSize s =
          new PoolSize(
              PoolSize.Kind.MAX,
              Shape.image(4, 4, 1),
              Window.of(2, 2, 0),
              Window.of(2, 2, 0),
              false,
              false);
      Buffer y = e.allocate(16);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> e.pool(s, 1, y, y, e.allocate(16, Storage.ROUNDED)))
          .withMessage("windows must be a buffer of EXACT");
    }
  }
}
