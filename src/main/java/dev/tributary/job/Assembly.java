package dev.tributary.job;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.Precision;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.nn.Add;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.Parameter;
import dev.tributary.nn.loss.AbsoluteError;
import dev.tributary.nn.loss.Huber;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
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

  /** A key's default: a number, a string, a boolean. */
  public static Object defaultOf(String key) {
    return REFERENCE.getAnyRef(key);
  }

  /**
   * The network of a job's {@code network} section, given as JSON: what a saved model holds.
   *
   * @param origin the file, for messages
   * @throws JobException if it is not one
   */
  public static Network network(String text, String origin) {
    return network(Section.of(saved(text, origin), known("network"), "network"));
  }

  /**
   * The loss that a job's {@code train.loss} says, given as JSON: what a saved model holds.
   *
   * @param origin the file, for messages
   * @throws JobException if there is no such loss
   */
  public static Loss loss(String text, String origin) {
    return loss(Section.of(saved("{\"loss\": " + text + "}", origin), known("train"), "train"));
  }

  /** What a saved model says: JSON, in which nothing is included or looked up. */
  static ConfigObject saved(String text, String origin) {
    Door.check(text, origin);
    try {
      return ConfigFactory.parseString(text, Door.options(origin).setSyntax(ConfigSyntax.JSON))
          .root();
    } catch (ConfigException e) {
      throw new JobException(origin + ": " + e.getMessage(), e);
    }
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

  static Wire wire(Section train) {
    return Wire.valueOf(train.choice("wire", List.of("f32", "bf16")).toUpperCase(Locale.ROOT));
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
        network.add(
            layer.checked("type", () -> sized(LayerAssembly.layer(layer, shapes))),
            inputs,
            LayerAssembly.tuning(layer));
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

  /**
   * Works its sizes out, which may be too large, while its place in the file is known.
   *
   * @throws IllegalArgumentException if an array of its would have over 2^31 values
   * @throws ArithmeticException likewise
   */
  private static Layer sized(Layer layer) {
    long most = layer.output().size();
    for (Parameter parameter : layer.parameters()) {
      most = Math.max(most, parameter.size());
    }
    if (most > Integer.MAX_VALUE - 8) {
      throw new ArithmeticException("an array of " + most + " values");
    }
    return layer;
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

  static String json(ConfigValue value) {
    return value.render(ConfigRenderOptions.concise());
  }
}
