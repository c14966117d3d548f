package dev.tributary.job;

import com.typesafe.config.ConfigObject;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.nn.Add;
import dev.tributary.nn.Affine;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Concatenate;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Dropout;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Embedding;
import dev.tributary.nn.GlobalAveragePool;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.LayerNorm;
import dev.tributary.nn.LogSoftmax;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.Softmax;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** {@link Assembly}'s part for layers: each type's keys become its sizes. */
final class LayerAssembly {
  private LayerAssembly() {}

  /** What a layer asks for its weights, if it has any. */
  static Tensor.Tuning tuning(Section layer) {
    if (!layer.knows("frozen")) {
      return Tensor.Tuning.NONE;
    }
    double factor = layer.flag("frozen") ? 0 : layer.notNegative("rate_factor");
    boolean penalised = layer.knows("l1");
    return new Tensor.Tuning(
        factor, penalised ? layer.notNegative("l1") : 0, penalised ? layer.notNegative("l2") : 0);
  }

  /** The layer that a section describes, on inputs of these shapes. */
  static Layer layer(Section s, List<Shape> inputs) {
    String type = s.text("type");
    Shape input = inputs.get(0);
    return switch (type) {
      case "add" -> new Add(input, inputs.size());
      case "concatenate" -> new Concatenate(inputs);
      case "affine" -> affine(s, input);
      case "convolution" -> convolution(s, input);
      case "max_pool" -> pool(s, input, PoolSize.Kind.MAX);
      case "average_pool" -> pool(s, input, PoolSize.Kind.AVERAGE);
      case "relu", "sigmoid", "tanh", "softplus", "selu", "gelu", "silu" ->
          new Elementwise(activation(type, 0), input);
      case "leaky_relu", "elu" -> new Elementwise(activation(type, s.number("alpha")), input);
      case "softmax" -> new Softmax(features(type, input));
      case "log_softmax" -> new LogSoftmax(features(type, input));
      case "batch_norm" ->
          new BatchNorm(input, s.number("epsilon"), s.number("momentum"), s.flag("frozen"));
      case "layer_norm" -> new LayerNorm(input, s.number("epsilon"));
      case "embedding" -> embedding(s, features(type, input));
      case "global_average_pool" -> {
        requireImage(type, input);
        yield new GlobalAveragePool(input);
      }
      case "flatten" -> Reshape.flatten(input);
      case "reshape" -> {
        int[] output = s.integers("output", 1, "[features] or [height, width, channels]");
        yield new Reshape(input, Shape.of(output));
      }
      case "dropout" -> new Dropout(s.number("probability"), input);
      default -> throw new JobException("no such layer: " + type);
    };
  }

  private static Activation activation(String type, double alpha) {
    return new Activation(Activation.Kind.valueOf(type.toUpperCase(Locale.ROOT)), (float) alpha);
  }

  private static Layer affine(Section s, Shape input) {
    int outputs = s.integer("outputs", 1);
    int inputs = s.has("inputs") ? s.integer("inputs", 1) : features("affine", input);
    return new Affine(inputs, outputs, s.flag("bias"), initializer(s));
  }

  private static Layer embedding(Section s, int features) {
    List<Embedding.Column> columns = new ArrayList<>();
    for (ConfigObject given : s.objects("columns")) {
      Section c =
          Section.of(
              given,
              Assembly.known("defaults.embedding_column"),
              s.path("columns") + "[" + columns.size() + "]");
      columns.add(
          new Embedding.Column(
              c.integer("column", 0), c.integer("categories", 1), c.integer("outputs", 1)));
    }
    return new Embedding(features, columns);
  }

  private static int features(String layer, Shape input) {
    if (input.isImage()) {
      throw new IllegalArgumentException(
          layer
              + " reads flat features, but what comes is an image of "
              + input
              + " (height x width x channels); put {type = flatten} before it");
    }
    return input.size();
  }

  private static Layer convolution(Section s, Shape input) {
    requireImage("convolution", input);
    int[] kernel = pair(s, "kernel", 1);
    int[] stride = pair(s, "stride", 1);
    int[] dilation = pair(s, "dilation", 1);
    int[] padding = padding(s, kernel, dilation);
    ConvolutionSize size =
        new ConvolutionSize(
            input,
            s.integer("filters", 1),
            new Window(kernel[0], stride[0], padding[0], dilation[0]),
            new Window(kernel[1], stride[1], padding[1], dilation[1]),
            s.integer("groups", 1),
            algorithm(s));
    return new Convolution(size, s.flag("bias"), initializer(s));
  }

  private static Layer pool(Section s, Shape input, PoolSize.Kind kind) {
    requireImage(kind == PoolSize.Kind.MAX ? "max_pool" : "average_pool", input);
    int[] kernel = pair(s, "kernel", 1);
    int[] stride = s.has("stride") ? pair(s, "stride", 1) : kernel;
    int[] padding = padding(s, kernel, new int[] {1, 1});
    return new Pool(
        new PoolSize(
            kind,
            input,
            Window.of(kernel[0], stride[0], padding[0]),
            Window.of(kernel[1], stride[1], padding[1]),
            s.flag("round_up"),
            kind == PoolSize.Kind.AVERAGE && s.flag("count_padding")));
  }

  private static void requireImage(String layer, Shape input) {
    if (!input.isImage()) {
      throw new IllegalArgumentException(
          layer
              + " reads an image (height x width x channels), but what comes is "
              + input
              + " flat features; put it before {type = flatten}, or give network.input = [height,"
              + " width, channels]");
    }
  }

  private static ConvolutionAlgorithm algorithm(Section s) {
    String name = s.choice("algorithm", List.of("auto", "im2col", "fft"));
    return ConvolutionAlgorithm.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** [vertical, horizontal], from one number or two, or from a word for what they are to do. */
  private static int[] padding(Section s, int[] kernel, int[] dilation) {
    if (!s.isWord("padding")) {
      return pair(s, "padding", 0);
    }
    return switch (s.choice("padding", List.of("same", "valid"))) {
      case "same" ->
          s.checked(
              "padding",
              () ->
                  new int[] {
                    Window.samePadding(kernel[0], dilation[0]),
                    Window.samePadding(kernel[1], dilation[1])
                  });
      default -> new int[] {0, 0};
    };
  }

  /** [vertical, horizontal], from one number or two. */
  private static int[] pair(Section s, String key, int least) {
    int[] numbers = s.integers(key, least, "a number, or [vertical, horizontal]");
    if (numbers.length > 2) {
      throw s.error(key, key + " has " + numbers.length + " numbers, expected 1 or 2");
    }
    return numbers.length == 2 ? numbers : new int[] {numbers[0], numbers[0]};
  }

  private static Initializer initializer(Section s) {
    return switch (s.choice("initializer", List.of("glorot", "he", "zero"))) {
      case "he" -> Initializer.HE;
      case "zero" -> Initializer.ZERO;
      default -> Initializer.GLOROT;
    };
  }
}
