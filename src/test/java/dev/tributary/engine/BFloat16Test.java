package dev.tributary.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of bfloat16 are exact in float32: of factors that need no rounding, the native engine
 * gives what float32 gives.
 */
final class BFloat16Test {
  private static final int SHAPES = 60;

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem(Precision.BF16)).as("why bf16 is not tested").isEmpty();
  }

  private static Engine bfloat16() {
    return new OneDnnEngineProvider(Precision.BF16).open();
  }

  @RepeatedTest(SHAPES)
  void affine(RepetitionInfo repetition) {
    Philox random = Philox.stream(repetition.getCurrentRepetition(), Purpose.PERMUTATION, 10, 0);
    AffineSize s = new AffineSize(1 + random.nextInt(90), 1 + random.nextInt(90));
    int n = 1 + random.nextInt(40);
    float[] x = values(random, n * s.inputs());
    float[] w = values(random, s.outputs() * s.inputs());
    float[] b = values(random, s.outputs());
    float[] dy = values(random, n * s.outputs());
    List<float[]> expected = affine(new JvmEngineProvider().open(), s, n, x, w, b, dy);
    List<float[]> found = affine(bfloat16(), s, n, x, w, b, dy);
    assertClose(s + ", n " + n, found, expected);
  }

  private static List<float[]> affine(
      Engine e, AffineSize s, int n, float[] x, float[] w, float[] b, float[] dy) {
    Buffer y = e.allocate(dy.length);
    Buffer dx = e.allocate(x.length);
    Buffer dw = e.allocate(w.length);
    Buffer db = e.allocate(b.length);
    e.affine(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
    e.affineInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.affineWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
    return List.of(floats(y), floats(dx), floats(dw), floats(db));
  }

  @RepeatedTest(20 * SHAPES)
  void convolution(RepetitionInfo repetition) {
    Philox random = Philox.stream(repetition.getCurrentRepetition(), Purpose.PERMUTATION, 11, 0);
    ConvolutionSize s = randomConvolution(random);
    convolution(random, s, 1 + random.nextInt(4));
  }

  /** What some kernels of oneDNN have got wrong, or have crashed with. */
  static Stream<ConvolutionSize> rareConvolutions() {
    return Stream.of(
        rare(Shape.image(1, 10, 26), 20, new Window(2, 1, 1, 2), new Window(4, 1, 0, 2), 2),
        rare(Shape.image(1, 7, 78), 57, new Window(4, 1, 3, 2), new Window(3, 1, 3, 2), 3),
        rare(Shape.image(6, 4, 102), 30, new Window(2, 1, 1, 2), new Window(4, 2, 0, 1), 3),
        rare(Shape.image(12, 12, 72), 2, new Window(5, 1, 2, 2), new Window(5, 3, 3, 1), 2),
        rare(Shape.image(9, 9, 36), 7, new Window(2, 1, 1, 2), new Window(3, 2, 2, 1), 1),
        rare(Shape.image(2, 1, 33), 3, new Window(4, 3, 1, 1), new Window(5, 2, 2, 1), 3));
  }

  private static ConvolutionSize rare(
      Shape input, int filters, Window down, Window across, int groups) {
    return new ConvolutionSize(input, filters, down, across, groups);
  }

  @ParameterizedTest
  @MethodSource("rareConvolutions")
  void rareConvolution(ConvolutionSize s) {
    convolution(Philox.stream(1, Purpose.PERMUTATION, 12, 0), s, 3);
  }

  private static void convolution(Philox random, ConvolutionSize s, int n) {
    float[] x = values(random, n * s.input().size());
    float[] w = values(random, s.filters() * s.patch());
    float[] b = values(random, s.filters());
    float[] dy = values(random, n * s.output().size());
    List<float[]> expected = convolution(new JvmEngineProvider().open(), s, n, x, w, b, dy);
    List<float[]> found = convolution(bfloat16(), s, n, x, w, b, dy);
    assertClose(s + ", n " + n, found, expected);
  }

  private static List<float[]> convolution(
      Engine e, ConvolutionSize s, int n, float[] x, float[] w, float[] b, float[] dy) {
    Buffer y = e.allocate(dy.length);
    Buffer dx = e.allocate(x.length);
    Buffer dw = e.allocate(w.length);
    Buffer db = e.allocate(b.length);
    e.convolution(s, n, buffer(e, x), buffer(e, w), buffer(e, b), y);
    e.convolutionInputGradient(s, n, buffer(e, dy), buffer(e, w), dx);
    e.convolutionWeightGradient(s, n, buffer(e, x), buffer(e, dy), dw, db);
    return List.of(floats(y), floats(dx), floats(dw), floats(db));
  }

  private static ConvolutionSize randomConvolution(Philox random) {
    while (true) {
      int groups = 1 + random.nextInt(3);
      Shape input =
          Shape.image(
              1 + random.nextInt(12), 1 + random.nextInt(12), groups * (1 + random.nextInt(40)));
      ConvolutionSize s =
          new ConvolutionSize(
              input,
              groups * (1 + random.nextInt(20)),
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

  /** Normal values that bfloat16 holds exactly. */
  private static float[] values(Philox random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian());
      values[i] = Float.intBitsToFloat(bits & 0xffff0000);
    }
    return values;
  }

  private static Buffer buffer(Engine e, float[] values) {
    Buffer buffer = e.allocate(values.length);
    buffer.put(values, 0, values.length);
    return buffer;
  }

  private static float[] floats(Buffer buffer) {
    float[] values = new float[buffer.size()];
    buffer.get(values, 0, values.length);
    return values;
  }

  private static void assertClose(String what, List<float[]> found, List<float[]> expected) {
    for (int r = 0; r < expected.size(); r++) {
      double largest = 1e-3;
      for (float e : expected.get(r)) {
        largest = Math.max(largest, Math.abs(e));
      }
      for (int i = 0; i < expected.get(r).length; i++) {
        assertThat((double) found.get(r)[i])
            .as("%s: result %d, value %d", what, r, i)
            .isCloseTo(expected.get(r)[i], within(3e-5 * largest));
      }
    }
  }
}
