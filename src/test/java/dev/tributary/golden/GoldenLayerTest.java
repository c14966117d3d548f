package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.channelsLast;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.ints;
import static dev.tributary.golden.Golden.values;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.nn.Affine;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.GlobalAveragePool;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.LayerNorm;
import dev.tributary.nn.LayerRun;
import dev.tributary.nn.LogSoftmax;
import dev.tributary.nn.Pass;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Softmax;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each layer against PyTorch's: output and every gradient. */
final class GoldenLayerTest {
  /** PyTorch's names of batch normalisation's state, in our order. */
  private static final List<String> BUFFERS = List.of("running_mean", "running_var");

  static Stream<Arguments> cases() {
    return Golden.onEveryEngine("layer");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(EngineProvider engine, Golden.Case golden) {
    JsonNode json = golden.json();
    int[] shape = Golden.shape(json.get("input"));
    Layer layer = layer(json.get("layer"), shape);
    LayerRun run = new LayerRun(layer, engine.open(), shape[0]);
    for (int i = 0; i < layer.parameters().size(); i++) {
      String name = layer.parameters().get(i).name();
      run.setParameter(i, floats(channelsLast(json.get("parameters").get(name))));
    }

    JsonNode before = json.get("buffers_before");
    for (int i = 0; i < layer.states().size(); i++) {
      run.setState(i, floats(values(before.get(BUFFERS.get(i)))));
    }
    boolean training = json.get("layer").path("mode").asText().equals("train");
    Pass pass = training ? Pass.training(1, 0, 0) : Pass.INFERENCE;
    float[] y = run.forward(floats(channelsLast(json.get("input"))), pass);
    assertClose("output", y, channelsLast(json.get("output")));

    float[] dx = run.backward(floats(channelsLast(json.get("output_gradient"))));
    assertClose("input gradient", dx, channelsLast(json.get("input_gradient")));
    for (int i = 0; i < layer.parameters().size(); i++) {
      String name = layer.parameters().get(i).name();
      assertClose(
          "gradient of " + name,
          run.parameterGradients().get(i),
          channelsLast(json.get("parameter_gradients").get(name)));
    }
    for (int i = 0; training && i < layer.states().size(); i++) {
      float momentum = (float) layer.states().get(i).momentum();
      float[] moved = floats(values(before.get(BUFFERS.get(i))));
      for (int j = 0; j < moved.length; j++) {
        moved[j] = (1 - momentum) * moved[j] + momentum * run.stateSum(i)[j] / shape[0];
      }
      JsonNode after = json.get("buffers_after").get(BUFFERS.get(i));
      assertClose("state " + BUFFERS.get(i), moved, values(after));
    }
  }

  private static Layer layer(JsonNode json, int[] input) {
    String type = json.get("type").asText();
    return switch (type) {
      case "affine" ->
          new Affine(
              json.get("inputs").asInt(),
              json.get("outputs").asInt(),
              json.get("bias").asBoolean(),
              Initializer.ZERO);
      case "convolution" -> convolution(json);
      case "max_pool", "average_pool" -> pool(json, type);
      case "batch_norm" ->
          new BatchNorm(
              input.length == 4 ? image(json.get("in")) : Shape.flat(input[1]),
              json.get("eps").asDouble(),
              json.get("momentum").asDouble());
      case "softmax" -> new Softmax(input[1]);
      case "log_softmax" -> new LogSoftmax(input[1]);
      case "layer_norm" -> new LayerNorm(Shape.flat(input[1]), json.get("eps").asDouble());
      case "global_average_pool" -> new GlobalAveragePool(image(json.get("in")));
      default ->
          new Elementwise(
              new Activation(
                  Activation.Kind.valueOf(type.toUpperCase(Locale.ROOT)),
                  type.equals("elu") ? 1f : 0.01f),
              Shape.flat(input[1]));
    };
  }

  private static Shape image(JsonNode channelsFirst) {
    int[] d = ints(channelsFirst);
    return Shape.image(d[1], d[2], d[0]);
  }

  private static Layer convolution(JsonNode json) {
    int[] kernel = ints(json.get("kernel"));
    int[] stride = ints(json.get("stride"));
    int[] padding = ints(json.get("padding"));
    int[] dilation = ints(json.get("dilation"));
    ConvolutionSize size =
        new ConvolutionSize(
            image(json.get("in")),
            json.get("filters").asInt(),
            new Window(kernel[0], stride[0], padding[0], dilation[0]),
            new Window(kernel[1], stride[1], padding[1], dilation[1]),
            json.get("groups").asInt());
    return new Convolution(size, json.get("bias").asBoolean(), Initializer.ZERO);
  }

  private static Layer pool(JsonNode json, String type) {
    Window window =
        Window.of(
            json.get("kernel").asInt(), json.get("stride").asInt(), json.get("padding").asInt());
    return new Pool(
        new PoolSize(
            type.equals("max_pool") ? PoolSize.Kind.MAX : PoolSize.Kind.AVERAGE,
            image(json.get("in")),
            window,
            window,
            json.path("ceil").asBoolean(),
            json.path("count_padding").asBoolean()));
  }
}
