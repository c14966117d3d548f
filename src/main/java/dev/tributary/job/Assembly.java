package dev.tributary.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Window;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
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
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.Softmax;
import dev.tributary.nn.loss.AbsoluteError;
import dev.tributary.nn.loss.Huber;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The wiring: names in a job file become objects here, and nowhere else. */
public final class Assembly {
  private static final Config REFERENCE =
      ConfigFactory.parseResources(Assembly.class.getClassLoader(), "reference.conf");

  private Assembly() {}

  /** What a key may be and is by default: the object at a path of {@code reference.conf}. */
  static ConfigObject known(String path) {
    return path.isEmpty()
        ? REFERENCE.root().withoutKey("defaults")
        : REFERENCE.getConfig(path).root();
  }

  /**
   * The network of a job's {@code network} section, given as JSON or HOCON: what a saved model
   * holds.
   *
   * @param origin the file, for messages
   * @throws JobException if it is not one
   */
  public static Network network(String text, String origin) {
    ConfigObject given =
        ConfigFactory.parseString(text, ConfigParseOptions.defaults().setOriginDescription(origin))
            .root();
    return network(Section.of(given, known("network"), "network"));
  }

  /**
   * The loss that a job's {@code train.loss} says, given as JSON or HOCON: what a saved model
   * holds.
   *
   * @param origin the file, for messages
   * @throws JobException if there is no such loss
   */
  public static Loss loss(String text, String origin) {
    ConfigObject given =
        ConfigFactory.parseString(
                "loss = " + text, ConfigParseOptions.defaults().setOriginDescription(origin))
            .root();
    return loss(Section.of(given, known("train"), "train"));
  }

  static Loss loss(Section train) {
    Section s = typed(train.objectOrType("loss"), "loss", "train.loss");
    return train.checked(
        "loss",
        () ->
            switch (s.text("type")) {
              case "sigmoid_cross_entropy" -> new SigmoidCrossEntropy();
              case "squared_error" -> new SquaredError();
              case "absolute_error" -> new AbsoluteError();
              case "huber" -> new Huber(s.number("delta"));
              case "multiclass_hinge" -> new MulticlassHinge(s.number("margin"));
              default ->
                  new SoftmaxCrossEntropy(
                      s.number("label_smoothing"), s.optionalNumbers("class_weights"));
            });
  }

  static EngineChoice engine(Section train) {
    String name = train.choice("engine", List.of("auto", "jvm", "onednn"));
    Precision precision = precision(train);
    return train.checked(
        "engine", () -> engine(name, precision, OneDnnEngineProvider.problem(precision)));
  }

  static Precision precision(Section train) {
    String name = train.choice("precision", List.of("f32", "bf16"));
    return Precision.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * The engine of this name; {@code auto} is the fastest that runs here.
   *
   * @param problem why onednn does not run here, if so
   * @throws IllegalArgumentException if the engine does not run here, or not with this precision
   */
  static EngineChoice engine(String name, Precision precision, Optional<String> problem) {
    boolean auto = name.equals("auto");
    if (problem.isEmpty() && !name.equals("jvm")) {
      String reason = auto ? "auto: onednn loads here, and is the fastest" : "the job says onednn";
      return new EngineChoice(new OneDnnEngineProvider(precision), reason);
    }
    if (name.equals("onednn") || (auto && precision != Precision.F32)) {
      throw new IllegalArgumentException(
          String.format(
              "onednn does not run here with precision %s, as %s; take %s",
              precision,
              problem.orElseThrow(),
              precision == Precision.F32 ? "auto or jvm" : "precision = f32"));
    }
    if (precision != Precision.F32) {
      throw new IllegalArgumentException(
          "jvm has precision f32 alone; for " + precision + " take auto or onednn");
    }
    return new EngineChoice(
        new JvmEngineProvider(),
        auto ? "auto: onednn is left out, as " + problem.orElseThrow() : "the job says jvm");
  }

  /** The engine for evaluation and prediction. */
  public static EngineProvider engine() {
    return engine("auto", Precision.F32, OneDnnEngineProvider.problem()).provider();
  }

  private static Network network(Section section) {
    return builder(section).build();
  }

  /** The network that a section describes, with what its layers ask for. */
  static NetworkBuilder builder(Section section) {
    int[] input = section.integers("input", 1, "[features] or [height, width, channels]");
    Shape shape = section.checked("input", () -> Shape.of(input));
    NetworkBuilder network = new NetworkBuilder(shape);
    addLayers(network, section, "layers", "network.layers");
    section.checked("layers", network::build);
    return network;
  }

  private static void addLayers(NetworkBuilder network, Section section, String key, String path) {
    List<ConfigObject> given = section.objects(key);
    for (int i = 0; i < given.size(); i++) {
      Section layer = typed(given.get(i), "layer", path + "[" + i + "]");
      List<Integer> inputs = inputs(network, layer);
      if (layer.text("type").equals("residual")) {
        network.continueFrom(inputs.get(0));
        addResidual(network, layer, path + "[" + i + "]");
      } else {
        List<Shape> shapes = inputs.stream().map(network::shape).toList();
        network.add(layer.checked("type", () -> layer(layer, shapes)), inputs, tuning(layer));
      }
      String name = layer.optionalText("name");
      if (name != null) {
        layer.checked(
            "name",
            () -> {
              network.name(name);
              return name;
            });
      }
    }
  }

  /** What a layer asks for its weights, if it has any. */
  private static Tensor.Tuning tuning(Section layer) {
    if (!layer.knows("frozen")) {
      return Tensor.Tuning.NONE;
    }
    double factor = layer.flag("frozen") ? 0 : layer.notNegative("rate_factor");
    boolean penalised = layer.knows("l1");
    return new Tensor.Tuning(
        factor, penalised ? layer.notNegative("l1") : 0, penalised ? layer.notNegative("l2") : 0);
  }

  /** The layers that a layer reads: those it names, else the one before. */
  private static List<Integer> inputs(NetworkBuilder network, Section layer) {
    if (!layer.has("from")) {
      return List.of(network.last());
    }
    return layer.checked("from", () -> layer.texts("from").stream().map(network::named).toList());
  }

  /** {@code y = shortcut(x) + layers(x)}; without a shortcut, {@code y = x + layers(x)}. */
  private static void addResidual(NetworkBuilder network, Section block, String path) {
    int x = network.last();
    addLayers(network, block, "layers", path + ".layers");
    int residual = network.last();
    network.continueFrom(x);
    if (block.has("shortcut")) {
      addLayers(network, block, "shortcut", path + ".shortcut");
    }
    int shortcut = network.last();
    Shape gives = network.shape(residual);
    if (!gives.equals(network.shape(shortcut))) {
      throw block.error(
          "layers",
          String.format(
              "%s: the residual block's layers give %s, but what they are added to is %s; make them"
                  + " agree, for instance with shortcut = [{type = convolution, kernel = 1, …}]",
              path, gives, network.shape(shortcut)));
    }
    network.add(new Add(gives, 2), List.of(shortcut, residual), Tensor.Tuning.NONE);
  }

  /** A section that names its type, and so its keys. */
  static Section typed(ConfigObject given, String kind, String path) {
    ConfigObject kinds = known("defaults." + kind);
    Section onlyType =
        Section.of(
            given.containsKey("type") ? given.withOnlyKey("type") : given.withoutKey("type"),
            given.containsKey("type") ? NO_TYPE : given.withValue("type", NO_TYPE.get("type")),
            path);
    String type = onlyType.choice("type", kinds.keySet().stream().sorted().toList());
    ConfigObject known = known("defaults." + kind + "." + type).withFallback(NO_TYPE);
    if (kind.equals("layer")) {
      known = known.withFallback(ANY_LAYER);
    }
    return Section.of(given, known, path);
  }

  private static final ConfigObject NO_TYPE = ConfigFactory.parseString("type = null").root();

  /** Keys of every layer. */
  private static final ConfigObject ANY_LAYER =
      ConfigFactory.parseString("name = null, from = null").root();

  private static Layer layer(Section s, List<Shape> inputs) {
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
              known("defaults.embedding_column"),
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

  static String json(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }
}
