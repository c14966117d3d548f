package dev.tributary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * An engine's products against their plain twins, over random shapes; every engine passes it. The
 * shapes of repetition r are those of seed r, which a failure's message tells.
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

    Engine e = provider().open();
    Buffer y = garbage(e, dy.length);
    e.affine(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
    assertClose(what + ": y", y, NaiveOperations.affine(s, n, doubles(x), doubles(w), doubles(b)));
    e.affine(s, n, buffer(e, x), buffer(e, w), null, y);
    assertClose(what + ": y", y, NaiveOperations.affine(s, n, doubles(x), doubles(w), null));

    double[][] expected =
        NaiveOperations.affineGradients(s, n, doubles(x), doubles(w), doubles(dy));
    Buffer dx = garbage(e, x.length);
    Buffer dw = garbage(e, w.length);
    Buffer db = garbage(e, b.length);
    e.affineInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.affineWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
    assertClose(what + ": dx", dx, expected[0]);
    assertClose(what + ": dw", dw, expected[1]);
    assertClose(what + ": db", db, expected[2]);
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

    Engine e = provider().open();
    Buffer y = garbage(e, dy.length);
    e.convolution(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
    assertClose(
        what + ": y",
        y,
        NaiveOperations.convolution(s, n, doubles(x), doubles(w), doubles(b)),
        floor);
    e.convolution(s, n, buffer(e, x), buffer(e, w), null, y);
    assertClose(
        what + ": y", y, NaiveOperations.convolution(s, n, doubles(x), doubles(w), null), floor);

    double[][] expected =
        NaiveOperations.convolutionGradients(s, n, doubles(x), doubles(w), doubles(dy));
    Buffer dx = garbage(e, x.length);
    Buffer dw = garbage(e, w.length);
    Buffer db = garbage(e, b.length);
    e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
    assertClose(what + ": dx", dx, expected[0], floor);
    assertClose(what + ": dw", dw, expected[1], floor);
    assertClose(what + ": db", db, expected[2], floor);

    Buffer y2 = garbage(e, dy.length);
    Buffer dx2 = garbage(e, x.length);
    Buffer dw2 = garbage(e, w.length);
    e.convolution(s, n, buffer(e, x), buffer(e, w), null, y2);
    e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx2);
    e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw2, null);
    assertThat(floats(y2)).as(what + ": y again").isEqualTo(floats(y));
    assertThat(floats(dx2)).as(what + ": dx again").isEqualTo(floats(dx));
    assertThat(floats(dw2)).as(what + ": dw again").isEqualTo(floats(dw));
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

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  private static void assertClose(String what, Buffer ours, double[] expected) {
    assertClose(what, ours, expected, 1e-12);
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
