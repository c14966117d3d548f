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
  void convolution(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 2, 0);
    ConvolutionSize s = randomConvolution(random);
    int n = 1 + random.nextInt(4);
    float[] x = values(random, n * s.input().size());
    float[] w = values(random, s.filters() * s.patch());
    float[] b = values(random, s.filters());
    float[] dy = values(random, n * s.output().size());
    String what = "seed " + seed + ", " + s + ", n " + n;

    Engine e = provider().open();
    Buffer y = garbage(e, dy.length);
    e.convolution(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
    assertClose(
        what + ": y", y, NaiveOperations.convolution(s, n, doubles(x), doubles(w), doubles(b)));
    e.convolution(s, n, buffer(e, x), buffer(e, w), null, y);
    assertClose(what + ": y", y, NaiveOperations.convolution(s, n, doubles(x), doubles(w), null));

    double[][] expected =
        NaiveOperations.convolutionGradients(s, n, doubles(x), doubles(w), doubles(dy));
    Buffer dx = garbage(e, x.length);
    Buffer dw = garbage(e, w.length);
    Buffer db = garbage(e, b.length);
    e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
    assertClose(what + ": dx", dx, expected[0]);
    assertClose(what + ": dw", dw, expected[1]);
    assertClose(what + ": db", db, expected[2]);
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
    ConvolutionSize s =
        new ConvolutionSize(Shape.image(24, 24, 4), 6, Window.of(5, 1, 2), Window.of(5, 1, 2), 1);
    int n = 11;
    Philox random = Philox.stream(5, Purpose.PERMUTATION, 3, 0);
    float[] x = values(random, n * s.input().size());
    float[] w = values(random, s.filters() * s.patch());
    float[] dy = values(random, n * s.output().size());
    Engine e = provider().open();
    Buffer y = garbage(e, dy.length);
    e.convolution(s, n, buffer(e, x), buffer(e, w), null, y);
    assertClose("y", y, NaiveOperations.convolution(s, n, doubles(x), doubles(w), null));
    double[][] expected =
        NaiveOperations.convolutionGradients(s, n, doubles(x), doubles(w), doubles(dy));
    Buffer dx = garbage(e, x.length);
    Buffer dw = garbage(e, w.length);
    e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, null);
    assertClose("dx", dx, expected[0]);
    assertClose("dw", dw, expected[1]);
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
    float[] values = floats(ours);
    double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    assertThat(values).as(what).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .as("%s, value %d", what, i)
          .isCloseTo(expected[i], within(1e-5 * largest + 1e-12));
    }
  }
}
