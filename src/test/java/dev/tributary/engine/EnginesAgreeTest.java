package dev.tributary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operations that {@link EngineTest} has no plain twin of: the native engine gives what the jvm
 * engine does. The shapes of repetition r are those of seed r.
 */
final class EnginesAgreeTest {
  private static final int SHAPES = 60;

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem()).as("why onednn is not tested").isEmpty();
  }

  /** Some operations on an engine, with buffers of its own. */
  private interface Work {
    void on(Run run);
  }

  /** One engine at work: gives out buffers, keeps the results. */
  private static final class Run {
    final Engine engine;
    final List<float[]> results = new ArrayList<>();

    Run(Engine engine) {
      this.engine = engine;
    }

    Buffer given(float[] values) {
      Buffer buffer = engine.allocate(values.length);
      buffer.put(values, 0, values.length);
      return buffer;
    }

    Buffer empty(int size) {
      return given(new float[size]);
    }

    void result(Buffer buffer) {
      float[] values = new float[buffer.size()];
      buffer.get(values, 0, values.length);
      results.add(values);
    }
  }

  private static void assertAgree(String what, Work work) {
    Run jvm = new Run(new JvmEngineProvider().open());
    Run onednn = new Run(new OneDnnEngineProvider().open());
    work.on(jvm);
    work.on(onednn);
    for (int r = 0; r < jvm.results.size(); r++) {
      float[] expected = jvm.results.get(r);
      float[] found = onednn.results.get(r);
      double largest = 1e-3;
      for (float e : expected) {
        largest = Math.max(largest, Math.abs(e));
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) found[i])
            .as("%s: result %d, value %d", what, r, i)
            .isCloseTo(expected[i], within(2e-5 * largest));
      }
    }
    onednn.engine.close();
  }

  private static Philox random(RepetitionInfo repetition) {
    return Philox.stream(repetition.getCurrentRepetition(), Purpose.PERMUTATION, 8, 0);
  }

  private static float[] values(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @RepeatedTest(4 * SHAPES)
  void pooling(RepetitionInfo repetition) {
    Philox random = random(repetition);
    PoolSize s = randomPool(random);
    int n = 1 + random.nextInt(3);
    float[] x = values(random, n * s.input().size());
    if (random.nextInt(2) == 0) {
      // Few different values: the first of equal maxima gets the gradient.
      for (int i = 0; i < x.length; i++) {
        x[i] = Math.round(x[i]);
      }
    }
    float[] dy = values(random, n * s.output().size());
    assertAgree(
        s + ", n " + n,
        run -> {
          Buffer y = run.empty(dy.length);
          Buffer dx = run.empty(x.length);
          Buffer windows = run.empty(n * s.memory());
          run.engine.pool(s, n, run.given(x), y, windows);
          run.engine.poolGradient(s, n, run.given(x), y, windows, run.given(dy), dx);
          run.result(y);
          run.result(dx);
        });
  }

  private static PoolSize randomPool(Philox random) {
    while (true) {
      PoolSize s =
          new PoolSize(
              random.nextInt(2) == 0 ? PoolSize.Kind.MAX : PoolSize.Kind.AVERAGE,
              Shape.image(1 + random.nextInt(9), 1 + random.nextInt(9), 1 + random.nextInt(20)),
              randomWindow(random),
              randomWindow(random),
              random.nextInt(2) == 0,
              random.nextInt(2) == 0);
      if (s.outputHeight() > 0 && s.outputWidth() > 0) {
        return s;
      }
    }
  }

  private static Window randomWindow(Philox random) {
    int kernel = 1 + random.nextInt(5);
    return Window.of(kernel, 1 + random.nextInt(4), random.nextInt(kernel / 2 + 1));
  }

  @ParameterizedTest
  @EnumSource
  void activations(Activation.Kind kind) {
    Activation f = new Activation(kind, 0.3f);
    Philox random = Philox.stream(3, Purpose.PERMUTATION, 9, 0);
    float[] x = values(random, 3000);
    for (int i = 0; i < x.length; i++) {
      x[i] *= i % 3 == 0 ? 1 : i % 3 == 1 ? 10 : 0.01f;
    }
    x[0] = 0f;
    x[1] = 200f;
    x[2] = -200f;
    float[] dy = values(random, x.length);
    assertAgree(
        kind.name(),
        run -> {
          Buffer y = run.empty(x.length);
          Buffer dx = run.empty(x.length);
          run.engine.activation(f, x.length, run.given(x), y);
          run.engine.activationGradient(f, x.length, run.given(x), y, run.given(dy), dx);
          run.result(y);
          run.result(dx);
        });
  }

  @RepeatedTest(SHAPES)
  void softmaxes(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int n = 1 + random.nextInt(9);
    int classes = 1 + random.nextInt(70);
    float[] x = values(random, n * classes);
    x[0] = 300f;
    float[] dy = values(random, n * classes);
    assertAgree(
        n + " x " + classes,
        run -> {
          Buffer y = run.empty(x.length);
          Buffer dx = run.empty(x.length);
          run.engine.softmax(n, classes, run.given(x), y);
          run.engine.softmaxGradient(n, classes, y, run.given(dy), dx);
          run.result(y);
          run.result(dx);
          run.engine.logSoftmax(n, classes, run.given(x), y);
          run.engine.logSoftmaxGradient(n, classes, y, run.given(dy), dx);
          run.result(y);
          run.result(dx);
        });
  }

  @RepeatedTest(SHAPES)
  void layerNorms(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int n = 1 + random.nextInt(9);
    NormSize s = new NormSize(2 + random.nextInt(70), 1e-3);
    float[] x = values(random, n * s.features());
    float[] gamma = values(random, s.features());
    float[] dy = values(random, x.length);
    boolean inputGradient = random.nextInt(4) > 0;
    assertAgree(
        s + ", n " + n,
        run -> {
          Buffer y = run.empty(x.length);
          Buffer statistics = run.empty(2 * n);
          Buffer dx = run.empty(x.length);
          Buffer dGamma = run.empty(s.features());
          Buffer dBeta = run.empty(s.features());
          run.engine.layerNorm(
              s, n, run.given(x), run.given(gamma), run.given(gamma), y, statistics);
          run.engine.layerNormGradient(
              s,
              n,
              run.given(x),
              run.given(gamma),
              statistics,
              run.given(dy),
              inputGradient ? dx : null,
              dGamma,
              dBeta);
          List.of(y, statistics, dx, dGamma, dBeta).forEach(run::result);
        });
  }

  @RepeatedTest(SHAPES)
  void batchNorms(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int rows = 1 + random.nextInt(random.nextInt(2) == 0 ? 4 : 300);
    NormSize s = new NormSize(1 + random.nextInt(40), 1e-2);
    float[] x = values(random, rows * s.features());
    float[] gamma = values(random, s.features());
    float[] dy = values(random, x.length);
    boolean constant = random.nextInt(2) == 0;
    boolean inputGradient = random.nextInt(4) > 0;
    assertAgree(
        s + ", rows " + rows,
        run -> {
          Buffer y = run.empty(x.length);
          Buffer statistics = run.empty(3 * s.features());
          Buffer dx = run.empty(x.length);
          Buffer dGamma = run.empty(s.features());
          Buffer dBeta = run.empty(s.features());
          run.engine.columnStatistics(s, rows, run.given(x), statistics);
          run.engine.batchNorm(
              s, rows, run.given(x), run.given(gamma), run.given(gamma), statistics, y);
          run.engine.batchNormGradient(
              s,
              rows,
              constant,
              run.given(x),
              run.given(gamma),
              statistics,
              run.given(dy),
              inputGradient ? dx : null,
              dGamma,
              dBeta);
          List.of(y, statistics, dx, dGamma, dBeta).forEach(run::result);
        });
  }

  @RepeatedTest(SHAPES)
  void sumsProductsAndCopies(RepetitionInfo repetition) {
    Philox random = random(repetition);
    int rows = 1 + random.nextInt(6);
    int columns = 1 + random.nextInt(20);
    int before = random.nextInt(4);
    int width = before + columns + random.nextInt(4);
    float[] a = values(random, rows * width);
    float[] b = values(random, rows * width);
    assertAgree(
        rows + " x " + columns + " of " + width,
        run -> {
          Buffer x = run.given(a);
          Buffer y = run.given(b);
          Buffer z = run.given(b);
          run.engine.multiply(a.length, x, y, z);
          run.result(z);
          run.engine.add(a.length, x, y, x);
          run.result(x);
          run.engine.add(a.length, x, y, y);
          run.result(y);
          Buffer narrow = run.empty(rows * columns);
          run.engine.copyColumns(rows, columns, x, width, before, narrow, columns, 0);
          run.result(narrow);
          run.engine.copyColumns(rows, columns, narrow, columns, 0, y, width, before);
          run.result(y);
          run.engine.copy(a.length, x, z);
          run.result(z);
        });
  }
}
