package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.TestEngines;
import dev.tributary.engine.Window;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.loss.AbsoluteError;
import dev.tributary.nn.loss.Huber;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer and every loss through the one gradient checker. */
final class GradientTest {
  private static final EngineProvider JVM = new JvmEngineProvider();
  private static final int N = 3;

  static Stream<Arguments> smoothLayers() {
    return Stream.of(
            new Affine(5, 4, true, Initializer.HE),
            new Affine(5, 4, false, Initializer.HE),
            convolution(Shape.image(6, 5, 2), 3, Window.of(3, 1, 1), Window.of(2, 1, 0), 1),
            convolution(Shape.image(7, 8, 2), 4, Window.of(3, 2, 2), new Window(2, 1, 1, 2), 2),
            frequencyConvolution(
                Shape.image(6, 5, 2), 3, Window.of(3, 1, 1), Window.of(2, 1, 0), 1),
            frequencyConvolution(
                Shape.image(7, 8, 2), 4, Window.of(3, 2, 2), new Window(2, 1, 1, 2), 2),
            frequencyConvolution(
                Shape.image(9, 8, 1), 2, Window.of(7, 1, 3), Window.of(8, 1, 2), 1),
            pool(PoolSize.Kind.AVERAGE, Shape.image(5, 6, 2), Window.of(2, 2, 0), false, false),
            pool(PoolSize.Kind.AVERAGE, Shape.image(5, 5, 2), Window.of(3, 2, 1), true, true),
            pool(PoolSize.Kind.AVERAGE, Shape.image(5, 5, 2), Window.of(3, 2, 1), true, false),
            new Elementwise(Activation.SIGMOID, Shape.flat(6)),
            new Elementwise(Activation.TANH, Shape.image(2, 3, 2)),
            new Elementwise(Activation.SOFTPLUS, Shape.flat(6)),
            new Elementwise(new Activation(Activation.Kind.ELU, 1f), Shape.flat(30)),
            new Elementwise(new Activation(Activation.Kind.GELU, 0f), Shape.flat(30)),
            new Elementwise(new Activation(Activation.Kind.SILU, 0f), Shape.flat(30)),
            new Softmax(6),
            new LogSoftmax(6),
            new LayerNorm(Shape.flat(7), 1e-5),
            new BatchNorm(Shape.image(3, 2, 4), 1e-2, 0.1),
            new BatchNorm(Shape.flat(5), 1, 0.1),
            new LayerNorm(Shape.image(3, 2, 2), 1e-3),
            new Add(Shape.flat(4), 3),
            new Concatenate(List.of(Shape.flat(2), Shape.flat(5))),
            new Concatenate(
                List.of(Shape.image(2, 3, 1), Shape.image(2, 3, 2), Shape.image(2, 3, 2))),
            new GlobalAveragePool(Shape.image(3, 4, 2)),
            Reshape.flatten(Shape.image(2, 3, 2)),
            new Dropout(0.4, Shape.flat(20)))
        .flatMap(GradientTest::onEveryEngine);
  }

  static Stream<Arguments> layersWithKinks() {
    return Stream.of(
            new Elementwise(Activation.RELU, Shape.flat(40)),
            new Elementwise(new Activation(Activation.Kind.LEAKY_RELU, 0.2f), Shape.flat(40)),
            pool(PoolSize.Kind.MAX, Shape.image(6, 6, 3), Window.of(2, 2, 0), false, false),
            pool(PoolSize.Kind.MAX, Shape.image(7, 7, 2), Window.of(3, 2, 1), false, false),
            pool(PoolSize.Kind.MAX, Shape.image(5, 5, 2), Window.of(2, 2, 0), true, false))
        .flatMap(GradientTest::onEveryEngine);
  }

  private static Stream<Arguments> onEveryEngine(Layer layer) {
    return TestEngines.all().stream().map(engine -> Arguments.of(engine, layer));
  }

  private static Layer convolution(
      Shape input, int filters, Window vertical, Window horizontal, int groups) {
    return new Convolution(
        new ConvolutionSize(input, filters, vertical, horizontal, groups), true, Initializer.HE);
  }

  private static Layer frequencyConvolution(
      Shape input, int filters, Window vertical, Window horizontal, int groups) {
    return new Convolution(
        new ConvolutionSize(input, filters, vertical, horizontal, groups, ConvolutionAlgorithm.FFT),
        true,
        Initializer.HE);
  }

  private static Layer pool(
      PoolSize.Kind kind, Shape input, Window window, boolean roundUp, boolean countPadding) {
    return new Pool(new PoolSize(kind, input, window, window, roundUp, countPadding));
  }

  @ParameterizedTest
  @MethodSource("smoothLayers")
  void smooth(EngineProvider engine, Layer layer) {
    new GradientChecker(engine, N, 0).check(layer, Pass.training(1, 2, 3));
  }

  @ParameterizedTest
  @MethodSource("layersWithKinks")
  void kinks(EngineProvider engine, Layer layer) {
    new GradientChecker(engine, N, 0.05).check(layer, Pass.training(1, 2, 3));
  }

  static Stream<Loss> smoothLosses() {
    return Stream.of(
        new SoftmaxCrossEntropy(),
        new SoftmaxCrossEntropy(0.1, new float[] {1, 2, 0.5f, 3, 1}),
        new SigmoidCrossEntropy(),
        new SquaredError());
  }

  static Stream<Loss> lossesWithKinks() {
    return Stream.of(new AbsoluteError(), new MulticlassHinge(1));
  }

  @ParameterizedTest
  @MethodSource("smoothLosses")
  void losses(Loss loss) {
    check(loss, 0);
  }

  @ParameterizedTest
  @MethodSource("lossesWithKinks")
  void lossesKinks(Loss loss) {
    check(loss, 0.1);
  }

  /** Its second derivative jumps, but its first does not: no value is passed over. */
  @Test
  void huber() {
    check(new Huber(0.7), 0);
  }

  private static void check(Loss loss, double kinksAllowed) {
    int outputs = 5;
    Batch batch = new Batch(Shape.flat(1));
    batch.resize(N);
    System.arraycopy(new float[] {1, 0.5f, 3}, 0, batch.weights(), 0, 3);
    for (int i = 0; i < N; i++) {
      batch.labels()[i] = (2 * i + 1) % outputs;
    }
    float[] prediction =
        GradientChecker.normal(Philox.stream(3, Purpose.PERMUTATION, 0, 0), N * outputs);
    float[] gradient = new float[prediction.length];
    float[] unused = new float[prediction.length];
    loss.evaluate(batch, outputs, prediction, gradient);
    new GradientChecker(JVM, N, kinksAllowed)
        .compare(
            loss.name(), prediction, gradient, at -> loss.evaluate(batch, outputs, at, unused));
  }

  /** The checker itself must object to a wrong gradient, or it checks nothing. */
  @Test
  void theCheckerFindsAWrongGradient() {
    float[] at = {0.5f, -1f};
    float[] right = {1f, -2f};
    GradientChecker checker = new GradientChecker(JVM, 1, 0);
    checker.compare("x²", at, right, v -> (double) v[0] * v[0] + (double) v[1] * v[1]);
    float[] wrong = {1f, -2.05f};
    assertThatThrownBy(
            () ->
                checker.compare("x²", at, wrong, v -> (double) v[0] * v[0] + (double) v[1] * v[1]))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("derivative 1 of 2");
    assertThat(Arrays.equals(right, wrong)).isFalse();
  }
}
