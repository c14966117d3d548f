package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every layer and every loss through the one gradient checker, all their derivatives: by the
 * formulas in double precision, and by the JVM engine.
 */
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
            new Embedding(5, List.of(new Embedding.Column(3, 4, 2), new Embedding.Column(1, 2, 3))),
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
            new Elementwise(new Activation(Activation.Kind.SELU, 0f), Shape.flat(40)),
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
    check(engine, layer, 0);
  }

  @ParameterizedTest
  @MethodSource("layersWithKinks")
  void kinks(EngineProvider engine, Layer layer) {
    check(engine, layer, 0.05);
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

  /** A layer by itself, the loss being a random direction. */
  private static void check(EngineProvider engine, Layer layer, double kinksAllowed) {
    Network network = alone(layer);
    float[] direction = TestNetworks.normal(1, N * layer.output().size());
    Batch batch = GradientCheck.randomBatch(network, N, 5);
    check(engine, network, new TestNetworks.Direction(direction), batch, kinksAllowed);
  }

  /** The layer on the network's input; one of several inputs gets an affine layer for each. */
  private static Network alone(Layer layer) {
    if (layer.inputs().size() == 1) {
      return new Network(List.of(layer));
    }
    List<Network.Node> nodes = new ArrayList<>();
    List<Integer> inputs = new ArrayList<>();
    for (Shape shape : layer.inputs()) {
      Layer source = new Affine(3, shape.size(), true, Initializer.HE);
      nodes.add(new Network.Node(source, List.of(Network.INPUT)));
      nodes.add(new Network.Node(new Reshape(source.output(), shape), List.of(nodes.size() - 1)));
      inputs.add(nodes.size() - 1);
    }
    nodes.add(new Network.Node(layer, inputs));
    return new Network(Shape.flat(3), nodes);
  }

  private static void check(Loss loss, double kinksAllowed) {
    Network network = new Network(List.of(new Affine(7, 5, true, Initializer.HE)));
    Batch batch = GradientCheck.randomBatch(network, N, 5);
    System.arraycopy(new float[] {1, 0.5f, 3}, 0, batch.weights(), 0, 3);
    check(JVM, network, loss, batch, kinksAllowed);
  }

  private static void check(
      EngineProvider engine, Network network, Loss loss, Batch batch, double kinksAllowed) {
    float[] values = TestNetworks.normal(7, network.valueCount());
    List<GradientFinding> findings =
        new GradientCheck(network, loss, engine)
            .run(values, batch, Pass.training(1, 2, 3), Integer.MAX_VALUE, 1);
    for (GradientFinding f : findings) {
      int size = f.dimensions().stream().reduce(1, Math::multiplyExact);
      assertThat(f.checked() + f.kinks()).as("%s", f).isEqualTo(size);
      assertThat(f.kinks()).as("kinks of %s", f).isLessThanOrEqualTo((int) (kinksAllowed * size));
      assertThat(f.formulas().error()).as("formulas of %s", f).isLessThan(1e-6);
      assertThat(f.engine().error()).as("engine of %s", f).isLessThan(2e-5);
    }
  }
}
