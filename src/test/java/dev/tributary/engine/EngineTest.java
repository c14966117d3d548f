package dev.tributary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.plain.PlainBuffer;
import dev.tributary.engine.plain.PlainEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An engine's operations against the plain engine's, over random shapes; every engine passes it.
 * The shapes of repetition r are those of seed r, which a failure's message tells.
 */
class EngineTest {
  private static final int SHAPES = 40;

  EngineProvider provider() {
    return new JvmEngineProvider();
  }

  @RepeatedTest(SHAPES)
  void affine(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 1, 0);
    AffineSize s = new AffineSize(1 + random.nextInt(70), 1 + random.nextInt(70));
    int n = 1 + random.nextInt(20);
    float[] x = values(random, n * s.inputs());
    float[] w = values(random, s.outputs() * s.inputs());
    float[] b = values(random, s.outputs());
    float[] dy = values(random, n * s.outputs());
    String what = "seed " + seed + ", " + s + ", n " + n;

    assertAgrees(
        what,
        e -> {
          Buffer y = garbage(e, dy.length);
          Buffer withoutBias = garbage(e, dy.length);
          Buffer dx = garbage(e, x.length);
          Buffer dw = garbage(e, w.length);
          Buffer db = garbage(e, b.length);
          e.affine(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
          e.affine(s, n, buffer(e, x), buffer(e, w), null, withoutBias);
          e.affineInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
          e.affineWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
          return List.of(y, withoutBias, dx, dw, db);
        });
  }

  @RepeatedTest(SHAPES)
  void convolutionByProductsOfPatches(RepetitionInfo repetition) {
    convolution(repetition.getCurrentRepetition(), ConvolutionAlgorithm.IM2COL);
  }

  @RepeatedTest(3 * SHAPES)
  void convolutionInTheFrequencyDomain(RepetitionInfo repetition) {
    convolution(repetition.getCurrentRepetition(), ConvolutionAlgorithm.FFT);
  }

  @RepeatedTest(SHAPES)
  void convolutionAsTheEngineChooses(RepetitionInfo repetition) {
    convolution(repetition.getCurrentRepetition(), ConvolutionAlgorithm.AUTO);
  }

  private void convolution(int seed, ConvolutionAlgorithm algorithm) {
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 2, 0);
    ConvolutionSize s = randomConvolution(random).by(algorithm);
    int n = 1 + random.nextInt(4);
    checkConvolution("seed " + seed, s, n, random);
  }

  /** Against the plain twin, twice: the second time the bytes must be those of the first. */
  private void checkConvolution(String seed, ConvolutionSize s, int n, Philox random) {
    String what = seed + ", " + s + ", n " + n;
    float[] x = values(random, n * s.input().size());
    float[] w = values(random, s.filters() * s.patch());
    float[] b = values(random, s.filters());
    float[] dy = values(random, n * s.output().size());

    // What sees padding alone is 0 by im2col, but by a transform only where everything cancels.
    double floor = s.algorithm() == ConvolutionAlgorithm.IM2COL ? 1e-12 : 1e-5;
    Function<Engine, List<Buffer>> operation =
        e -> {
          Buffer y = garbage(e, dy.length);
          Buffer withoutBias = garbage(e, dy.length);
          Buffer dx = garbage(e, x.length);
          Buffer dw = garbage(e, w.length);
          Buffer db = garbage(e, b.length);
          e.convolution(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
          e.convolution(s, n, buffer(e, x), buffer(e, w), null, withoutBias);
          e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
          e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
          return List.of(y, withoutBias, dx, dw, db);
        };
    assertAgrees(what, floor, operation);
    try (Engine e = provider().open()) {
      List<float[]> first = operation.apply(e).stream().map(EngineTest::floats).toList();
      List<float[]> again = operation.apply(e).stream().map(EngineTest::floats).toList();
      for (int i = 0; i < first.size(); i++) {
        assertThat(again.get(i)).as("%s, result %d again", what, i).isEqualTo(first.get(i));
      }
    }
  }

  private static ConvolutionSize randomConvolution(Philox random) {
    while (true) {
      int groups = 1 + random.nextInt(3);
      Shape input =
          Shape.image(
              1 + random.nextInt(12), 1 + random.nextInt(12), groups * (1 + random.nextInt(4)));
      ConvolutionSize s =
          new ConvolutionSize(
              input,
              groups * (1 + random.nextInt(5)),
              randomWindow(random),
              randomWindow(random),
              groups);
      if (s.outputHeight() > 0 && s.outputWidth() > 0) {
        return s;
      }
    }
  }

  private static Window randomWindow(Philox random) {
    return new Window(
        1 + random.nextInt(5), 1 + random.nextInt(3), random.nextInt(4), 1 + random.nextInt(2));
  }

  /** More images than are taken at once: the weights' gradient is added up over several rounds. */
  @Test
  void convolutionOfMoreImagesThanFitInCache() {
    Window five = Window.of(5, 1, 2);
    ConvolutionSize s =
        new ConvolutionSize(Shape.image(24, 24, 4), 6, five, five, 1)
            .by(ConvolutionAlgorithm.IM2COL);
    checkConvolution("seed 5", s, 11, Philox.stream(5, Purpose.PERMUTATION, 3, 0));
  }

  @Test
  void convolutionOfMoreImagesThanAreTransformedAtOnce() {
    Window seven = Window.of(7, 5, 3);
    ConvolutionSize s =
        new ConvolutionSize(Shape.image(200, 210, 32), 4, seven, seven, 2)
            .by(ConvolutionAlgorithm.FFT);
    checkConvolution("seed 6", s, 7, Philox.stream(6, Purpose.PERMUTATION, 3, 0));
  }

  /** An activation behind an operation is the operation and then the activation. */
  @ParameterizedTest
  @EnumSource
  void activationBehind(Activation.Kind kind) {
    Activation f = new Activation(kind, 0.3f);
    Philox random = Philox.stream(12, Purpose.PERMUTATION, 5, 0);
    AffineSize affine = new AffineSize(19, 35);
    ConvolutionSize convolution =
        new ConvolutionSize(Shape.image(7, 6, 5), 21, Window.of(3, 1, 1), Window.of(3, 2, 0), 1);
    int n = 3;
    float[] x = values(random, n * 210);
    float[] w = values(random, 21 * 45);
    float[] b = values(random, 35);
    assertAgrees(
        "an operation and " + f,
        e -> {
          List<Buffer> fused = new ArrayList<>();
          List<Buffer> apart = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            fused.add(garbage(e, n * convolution.output().size()));
            apart.add(garbage(e, n * convolution.output().size()));
          }
          e.affine(affine, n, buffer(e, x), buffer(e, w), buffer(e, b), f, fused.get(0));
          e.affine(affine, n, buffer(e, x), buffer(e, w), buffer(e, b), apart.get(0));
          e.convolution(convolution, n, buffer(e, x), buffer(e, w), buffer(e, b), f, fused.get(1));
          e.convolution(convolution, n, buffer(e, x), buffer(e, w), buffer(e, b), apart.get(1));
          e.convolution(convolution, n, buffer(e, x), buffer(e, w), null, f, fused.get(2));
          e.convolution(convolution, n, buffer(e, x), buffer(e, w), null, apart.get(2));
          e.add(n * 35, buffer(e, x), buffer(e, w), f, fused.get(3));
          e.add(n * 35, buffer(e, x), buffer(e, w), apart.get(3));
          int[] counts = {n * 35, n * convolution.output().size(), 0, n * 35};
          counts[2] = counts[1];
          List<Buffer> results = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            e.activation(f, counts[i], apart.get(i), apart.get(i));
            results.add(apart.get(i).slice(0, counts[i]));
            results.add(fused.get(i).slice(0, counts[i]));
          }
          return results;
        });
  }

  @RepeatedTest(SHAPES)
  void pooling(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 5, 0);
    PoolSize s = randomPool(random);
    int n = 1 + random.nextInt(4);
    float[] x = values(random, n * s.input().size());
    float[] dy = values(random, n * s.output().size());
    assertAgrees(
        "seed " + seed + ", " + s + ", n " + n,
        e -> {
          Buffer y = garbage(e, dy.length);
          Buffer dx = garbage(e, x.length);
          Buffer dxAgain = garbage(e, x.length);
          Buffer windows = garbage(e, n * s.memory());
          e.pool(s, n, buffer(e, x), y, windows);
          e.poolGradient(s, n, buffer(e, x), y, windows, buffer(e, dy), dx);
          e.poolGradient(s, n, buffer(e, x), y, null, buffer(e, dy), dxAgain);
          return List.of(y, dx, dxAgain);
        });
  }

  /** Windows that hold a pixel at every position: padding is below the kernel. */
  private static PoolSize randomPool(Philox random) {
    while (true) {
      PoolSize.Kind kind = random.nextInt(2) == 0 ? PoolSize.Kind.MAX : PoolSize.Kind.AVERAGE;
      int kernel = 1 + random.nextInt(4);
      Window window = Window.of(kernel, 1 + random.nextInt(3), random.nextInt(1 + kernel / 2));
      Shape input =
          Shape.image(1 + random.nextInt(12), 1 + random.nextInt(12), 1 + random.nextInt(5));
      PoolSize s =
          new PoolSize(kind, input, window, window, random.nextInt(2) == 0, random.nextInt(2) == 0);
      if (s.outputHeight() > 0 && s.outputWidth() > 0) {
        return s;
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void activation(Activation.Kind kind) {
    Activation f = new Activation(kind, 0.3f);
    int count = 1037;
    Philox random = Philox.stream(6, Purpose.PERMUTATION, 6, 0);
    float[] x = values(random, count);
    float[] dy = values(random, count);
    for (int i = 0; i < count; i++) {
      x[i] *= 3;
    }
    assertAgrees(
        f.toString(),
        e -> {
          Buffer y = garbage(e, count);
          Buffer dx = garbage(e, count);
          e.activation(f, count, buffer(e, x), y);
          e.activationGradient(f, count, buffer(e, x), y, buffer(e, dy), dx);
          return List.of(y, dx);
        });
  }

  @RepeatedTest(SHAPES)
  void softmax(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 7, 0);
    int n = 1 + random.nextInt(20);
    int classes = 1 + random.nextInt(30);
    float[] x = values(random, n * classes);
    float[] dy = values(random, n * classes);
    assertAgrees(
        "seed " + seed + ", " + n + " rows of " + classes,
        e -> {
          Buffer y = garbage(e, x.length);
          Buffer dx = garbage(e, x.length);
          Buffer logY = garbage(e, x.length);
          Buffer logDx = garbage(e, x.length);
          e.softmax(n, classes, buffer(e, x), y);
          e.softmaxGradient(n, classes, y, buffer(e, dy), dx);
          e.logSoftmax(n, classes, buffer(e, x), logY);
          e.logSoftmaxGradient(n, classes, logY, buffer(e, dy), logDx);
          return List.of(y, dx, logY, logDx);
        });
  }

  @RepeatedTest(SHAPES)
  void layerNorm(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 8, 0);
    NormSize s = new NormSize(2 + random.nextInt(40), 1e-3);
    int n = 1 + random.nextInt(20);
    float[] x = values(random, n * s.features());
    float[] gamma = values(random, s.features());
    float[] beta = values(random, s.features());
    float[] dy = values(random, x.length);
    assertAgrees(
        "seed " + seed + ", " + s + ", n " + n,
        e -> {
          Buffer y = garbage(e, x.length);
          Buffer statistics = garbage(e, 2 * n);
          Buffer dx = garbage(e, x.length);
          Buffer dGamma = garbage(e, s.features());
          Buffer dBeta = garbage(e, s.features());
          e.layerNorm(s, n, buffer(e, x), buffer(e, gamma), buffer(e, beta), y, statistics);
          e.layerNormGradient(
              s, n, buffer(e, x), buffer(e, gamma), statistics, buffer(e, dy), dx, dGamma, dBeta);
          return List.of(y, dx, dGamma, dBeta);
        });
  }

  @RepeatedTest(SHAPES)
  void batchNorm(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 9, 0);
    NormSize s = new NormSize(1 + random.nextInt(20), 1e-2);
    int rows = 2 + random.nextInt(60);
    boolean constant = random.nextInt(2) == 0;
    float[] x = values(random, rows * s.features());
    float[] gamma = values(random, s.features());
    float[] beta = values(random, s.features());
    float[] dy = values(random, x.length);
    assertAgrees(
        "seed " + seed + ", " + s + ", " + rows + " rows, constant statistics " + constant,
        e -> {
          Buffer statistics = garbage(e, 3 * s.features());
          Buffer y = garbage(e, x.length);
          Buffer dx = garbage(e, x.length);
          Buffer dGamma = garbage(e, s.features());
          Buffer dBeta = garbage(e, s.features());
          Buffer ofBatch = garbage(e, x.length);
          Buffer itsStatistics = garbage(e, 3 * s.features());
          e.columnStatistics(s, rows, buffer(e, x), statistics);
          e.batchNorm(s, rows, buffer(e, x), buffer(e, gamma), buffer(e, beta), statistics, y);
          e.batchNormOfBatch(
              s, rows, buffer(e, x), buffer(e, gamma), buffer(e, beta), itsStatistics, ofBatch);
          e.batchNormGradient(
              s,
              rows,
              constant,
              buffer(e, x),
              buffer(e, gamma),
              statistics,
              buffer(e, dy),
              dx,
              dGamma,
              dBeta);
          return List.of(statistics, y, itsStatistics, ofBatch, dx, dGamma, dBeta);
        });
  }

  @Test
  void elementwise() {
    Philox random = Philox.stream(6, Purpose.PERMUTATION, 10, 0);
    float[] a = values(random, 60);
    float[] b = values(random, 60);
    assertAgrees(
        "sums, products and columns",
        e -> {
          Buffer sum = garbage(e, 60);
          Buffer product = garbage(e, 60);
          Buffer copy = garbage(e, 60);
          Buffer columns = buffer(e, b);
          e.add(60, buffer(e, a), buffer(e, b), sum);
          e.multiply(60, buffer(e, a), buffer(e, b), product);
          e.copy(60, buffer(e, a), copy);
          e.copyColumns(5, 3, buffer(e, a), 12, 7, columns, 10, 2);
          return List.of(sum, product, copy, columns);
        });
  }

  /** The same values give the same bytes, whatever the engine did before. */
  @Test
  void isAPureFunction() {
    AffineSize s = new AffineSize(37, 53);
    Philox random = Philox.stream(9, Purpose.PERMUTATION, 4, 0);
    float[] x = values(random, 7 * 37);
    float[] w = values(random, 53 * 37);
    float[] first = null;
    Engine e = provider().open();
    for (int round = 0; round < 300; round++) {
      Buffer y = garbage(e, 7 * 53 + round).slice(round, 7 * 53);
      e.affine(s, 7, buffer(e, x), buffer(e, w), null, y);
      float[] now = floats(y);
      first = first == null ? now : first;
      assertThat(Arrays.equals(now, first)).as("round %d", round).isTrue();
    }
  }

  @Test
  void buffersShareWhatTheySlice() {
    Engine e = provider().open();
    Buffer whole = e.allocate(10);
    Buffer part = whole.slice(3, 4).slice(1, 2);
    part.put(new float[] {9, 1, 2, 9}, 1, 2);
    assertThat(floats(whole)).containsExactly(0, 0, 0, 0, 1, 2, 0, 0, 0, 0);
    float[] sum = {1, 1, 1};
    part.addTo(sum, 1, 2);
    assertThat(sum).containsExactly(1, 2, 3);
  }

  private static float[] values(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Buffer buffer(Engine e, float[] values) {
    Buffer buffer = e.allocate(values.length);
    buffer.put(values, 0, values.length);
    return buffer;
  }

  /** A result's buffer, full of what must be overwritten. */
  private static Buffer garbage(Engine e, int size) {
    float[] values = new float[size];
    Arrays.fill(values, 1e6f);
    return buffer(e, values);
  }

  private static float[] floats(Buffer buffer) {
    float[] values = new float[buffer.size()];
    buffer.get(values, 0, values.length);
    return values;
  }

  /** Compares what this engine and the plain one leave in the buffers of the results. */
  private void assertAgrees(String what, Function<Engine, List<Buffer>> operation) {
    assertAgrees(what, 1e-12, operation);
  }

  private void assertAgrees(String what, double floor, Function<Engine, List<Buffer>> operation) {
    try (Engine engine = provider().open();
        Engine plain = new PlainEngineProvider().open()) {
      List<Buffer> ours = operation.apply(engine);
      List<Buffer> expected = operation.apply(plain);
      for (int i = 0; i < expected.size(); i++) {
        double[] values = PlainBuffer.of(expected.get(i)).values();
        assertClose(what + ", result " + i, ours.get(i), values, floor);
      }
    }
  }

  private static void assertClose(String what, Buffer ours, double[] expected, double floor) {
    float[] values = floats(ours);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(values).as(what).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .as("%s, value %d", what, i)
          .isCloseTo(expected[i], within(1e-5 * largest + floor));
    }
  }
}
