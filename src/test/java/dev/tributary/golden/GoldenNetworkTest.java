package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.channelsLast;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.ints;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.nn.Add;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Execution;
import dev.tributary.nn.GlobalAveragePool;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks trained for some steps against PyTorch's: loss, output, gradients and weights. */
final class GoldenNetworkTest {
  static Stream<Arguments> cases() {
    return Golden.onEveryEngine("network");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void trainsLikePyTorch(EngineProvider engine, Golden.Case golden) {
    JsonNode json = golden.json();
    int[] shape = Golden.shape(json.get("input"));
    Shape input =
        shape.length == 4 ? Shape.image(shape[2], shape[3], shape[1]) : Shape.flat(shape[1]);
    Network network = network(json.get("layers"), input);
    float[] weights = flat(network, json, json.get("parameters"));
    Batch batch = new Batch(input);
    batch.resize(shape[0]);
    float[] features = floats(channelsLast(json.get("input")));
    System.arraycopy(features, 0, batch.features(), 0, features.length);
    System.arraycopy(ints(json.get("labels")), 0, batch.labels(), 0, shape[0]);

    JsonNode rule = json.get("optimizer");
    Optimizer sgd = Optimizer.sgd(rule.get("momentum").asDouble(), false, 0);
    float[][] slots = sgd.newSlots(weights.length);
    Execution execution = new Execution(network, engine.open());
    assertThat(json.get("steps").get(json.get("steps").size() - 1).hasNonNull("weights")).isTrue();
    for (int t = 0; t < json.get("steps").size(); t++) {
      JsonNode step = json.get("steps").get(t);
      String at = "step " + t + ": ";
      execution.load(weights);
      double loss =
          execution.lossAndGradient(batch, new SoftmaxCrossEntropy(), Pass.training(1, t, 0));
      float[] output = new float[shape[0] * network.output().size()];
      execution.output().get(output, 0, output.length);
      float[] gradient = new float[weights.length];
      execution.gradient().get(gradient, 0, gradient.length);
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] /= shape[0];
      }
      double expected = step.get("loss").asDouble();
      assertThat(loss / shape[0]).as(at + "loss").isCloseTo(expected, within(1e-5));
      if (t == 0) {
        assertClose(at + "output", output, channelsLast(step.get("output")));
        compare(at + "gradient of ", network, json, gradient, step.get("gradients"));
      }
      List<Tensor> tensors = Tensor.whole(weights.length);
      sgd.step(weights, gradient, slots, tensors, rule.get("rate").asDouble(), t + 1L);
      if (step.hasNonNull("weights")) {
        compare(at, network, json, weights, step.get("weights"));
      }
    }
  }

  /** PyTorch's named tensors as our flat array. */
  private static float[] flat(Network network, JsonNode json, JsonNode tensors) {
    float[] flat = new float[network.parameterCount()];
    for (int i = 0; i < network.slices().size(); i++) {
      float[] values =
          floats(ours(network, i, tensors.get(json.get("parameter_order").get(i).asText())));
      System.arraycopy(values, 0, flat, network.slices().get(i).offset(), values.length);
    }
    return flat;
  }

  private static void compare(
      String what, Network network, JsonNode json, float[] flat, JsonNode tensors) {
    for (int i = 0; i < network.slices().size(); i++) {
      Network.Slice slice = network.slices().get(i);
      float[] part = new float[slice.parameter().size()];
      System.arraycopy(flat, slice.offset(), part, 0, part.length);
      String name = json.get("parameter_order").get(i).asText();
      assertClose(what + name, part, ours(network, i, tensors.get(name)));
    }
  }

  /**
   * A tensor in our order. A flattened image's features are (channels, height, width) in PyTorch,
   * (height, width, channels) here, so the columns of the affine layer behind it move.
   */
  private static double[] ours(Network network, int i, JsonNode tensor) {
    int layer = network.slices().get(i).layer();
    int[] shape = Golden.shape(tensor);
    if (layer == 0 || shape.length != 2 || !(network.layers().get(layer - 1) instanceof Reshape)) {
      return channelsLast(tensor);
    }
    Shape image = network.layers().get(layer - 1).input();
    double[] from = Golden.values(tensor);
    double[] to = new double[from.length];
    int at = 0;
    for (int o = 0; o < shape[0]; o++) {
      for (int row = 0; row < image.height(); row++) {
        for (int column = 0; column < image.width(); column++) {
          for (int c = 0; c < image.channels(); c++) {
            int feature = (c * image.height() + row) * image.width() + column;
            to[at++] = from[o * shape[1] + feature];
          }
        }
      }
    }
    return to;
  }

  private static Network network(JsonNode json, Shape input) {
    List<Network.Node> nodes = new ArrayList<>();
    Shape shape = input;
    for (JsonNode layer : json) {
      int before = nodes.size() - 1;
      if (layer.get(0).asText().startsWith("residual")) {
        assertThat(layer.get(0).asText())
            .isEqualTo("residual: x + conv(k3 p1)(relu(conv(k3 p1)(x))), then relu");
        nodes.add(new Network.Node(convolution(shape, shape.channels(), 3, 1), List.of(before)));
        nodes.add(new Network.Node(new Elementwise(Activation.RELU, shape), List.of(before + 1)));
        nodes.add(
            new Network.Node(convolution(shape, shape.channels(), 3, 1), List.of(before + 2)));
        nodes.add(new Network.Node(new Add(shape, 2), List.of(before, before + 3)));
        nodes.add(new Network.Node(new Elementwise(Activation.RELU, shape), List.of(before + 4)));
      } else {
        nodes.add(new Network.Node(layer(layer, shape), List.of(before)));
        shape = nodes.get(nodes.size() - 1).layer().output();
      }
    }
    return new Network(input, nodes);
  }

  private static Convolution convolution(Shape input, int filters, int kernel, int padding) {
    Window window = Window.of(kernel, 1, padding);
    return new Convolution(
        new ConvolutionSize(input, filters, window, window, 1), true, Initializer.ZERO);
  }

  private static Layer layer(JsonNode json, Shape input) {
    String type = json.get(0).asText();
    if (type.startsWith("flatten")) {
      return Reshape.flatten(input);
    }
    return switch (type) {
      case "affine" -> new Affine(json.get(1).asInt(), json.get(2).asInt(), true, Initializer.ZERO);
      case "convolution" -> {
        String[] window = json.get(3).asText().split(" ", -1);
        int kernel = Integer.parseInt(window[0].substring(1));
        int padding = window.length > 1 ? Integer.parseInt(window[1].substring(1)) : 0;
        yield convolution(input, json.get(2).asInt(), kernel, padding);
      }
      case "global_average_pool" -> new GlobalAveragePool(input);
      case "max_pool" -> {
        Window window = Window.of(json.get(1).asInt(), json.get(1).asInt(), 0);
        yield new Pool(new PoolSize(PoolSize.Kind.MAX, input, window, window, false, false));
      }
      default ->
          new Elementwise(
              new Activation(Activation.Kind.valueOf(type.toUpperCase(Locale.ROOT)), 0f), input);
    };
  }
}
