package dev.tributary.spark.ml;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network, written layer by layer, as the text that a job file's {@code network} section holds.
 *
 * <pre>{@code
 * NetworkDefinition network =
 *     NetworkDefinition.input(28, 28, 1)
 *         .convolution(8, 5, Map.of("padding", "same"))
 *         .relu()
 *         .maxPool(2)
 *         .flatten()
 *         .affine(10);
 * new NeuralNetClassifier().setNetwork(network);
 * }</pre>
 *
 * <p>It is a value: each call gives a longer one. What is wrong in it is told when the estimator
 * reads it, by the same words as of a job file. Layers, their keys and defaults are {@code
 * reference.conf}'s.
 */
public final class NetworkDefinition {
  private final List<Integer> input;
  private final List<Map<String, Object>> layers;

  private NetworkDefinition(List<Integer> input, List<Map<String, Object>> layers) {
    this.input = input;
    this.layers = layers;
  }

  /**
   * A network without layers yet.
   *
   * @param shape of a sample: features, or height, width and channels of an image, in whose order
   *     its vector holds them
   */
  public static NetworkDefinition input(int... shape) {
    return new NetworkDefinition(Arrays.stream(shape).boxed().toList(), List.of());
  }

  /**
   * MLlib's perceptron: affine layers with sigmoids between them.
   *
   * <pre>{@code NetworkDefinition.perceptron(4, 5, 3) // 4 features, 5 hidden units, 3 classes}
   * </pre>
   *
   * @param sizes features, units of each hidden layer, outputs
   */
  public static NetworkDefinition perceptron(int... sizes) {
    if (sizes.length < 2) {
      throw new IllegalArgumentException(
          "layers = " + Arrays.toString(sizes) + ", expected at least the inputs and the outputs");
    }
    NetworkDefinition network = input(sizes[0]);
    for (int i = 1; i < sizes.length; i++) {
      network = i > 1 ? network.sigmoid().affine(sizes[i]) : network.affine(sizes[i]);
    }
    return network;
  }

  /**
   * A layer of any type.
   *
   * <pre>{@code network.layer("dropout", Map.of("probability", 0.2))}</pre>
   *
   * @param type as in a job file
   * @param keys as in a job file: numbers, strings, booleans, lists and maps of them
   */
  public NetworkDefinition layer(String type, Map<String, ?> keys) {
    Map<String, Object> layer = new LinkedHashMap<>();
    layer.put("type", type);
    layer.putAll(keys);
    List<Map<String, Object>> longer = new ArrayList<>(layers);
    longer.add(layer);
    return new NetworkDefinition(input, List.copyOf(longer));
  }

  /** A layer of any type, with its defaults. */
  public NetworkDefinition layer(String type) {
    return layer(type, Map.of());
  }

  /** {@code y = x Wᵀ + b}. */
  public NetworkDefinition affine(int outputs) {
    return affine(outputs, Map.of());
  }

  /** The same with more keys, such as {@code Map.of("initializer", "he")}. */
  public NetworkDefinition affine(int outputs, Map<String, ?> keys) {
    return layer("affine", with(keys, "outputs", outputs));
  }

  /** A convolution with a square kernel, in pixels. */
  public NetworkDefinition convolution(int filters, int kernel) {
    return convolution(filters, kernel, Map.of());
  }

  /** The same with more keys, such as {@code Map.of("padding", "same")}. */
  public NetworkDefinition convolution(int filters, int kernel, Map<String, ?> keys) {
    return layer("convolution", with(with(keys, "kernel", kernel), "filters", filters));
  }

  /** The largest of each square, in pixels, which do not overlap. */
  public NetworkDefinition maxPool(int kernel) {
    return layer("max_pool", Map.of("kernel", kernel));
  }

  /** max(0, x). */
  public NetworkDefinition relu() {
    return layer("relu");
  }

  /** 1 / (1 + e⁻ˣ). */
  public NetworkDefinition sigmoid() {
    return layer("sigmoid");
  }

  /** tanh x. */
  public NetworkDefinition tanh() {
    return layer("tanh");
  }

  /** To mean 0 and variance 1 over a shard's part of the mini-batch, then scaled and shifted. */
  public NetworkDefinition batchNorm() {
    return layer("batch_norm");
  }

  /** In training, zeros in the place of values, each with this probability. */
  public NetworkDefinition dropout(double probability) {
    return layer("dropout", Map.of("probability", probability));
  }

  /** An image as flat features. */
  public NetworkDefinition flatten() {
    return layer("flatten");
  }

  /**
   * {@code y = x + block(x)}.
   *
   * @param block whose layers are taken; its own input is not looked at
   */
  public NetworkDefinition residual(NetworkDefinition block) {
    return layer("residual", Map.of("layers", block.layers));
  }

  private static Map<String, Object> with(Map<String, ?> keys, String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>();
    more.put(key, value);
    more.putAll(keys);
    return more;
  }

  /** As a job file's {@code network} section, in JSON: what {@code setNetwork} takes. */
  @Override
  public String toString() {
    return ConfigValueFactory.fromMap(Map.of("input", input, "layers", layers))
        .render(ConfigRenderOptions.concise());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NetworkDefinition that
        && input.equals(that.input)
        && layers.equals(that.layers);
  }

  @Override
  public int hashCode() {
    return 31 * input.hashCode() + layers.hashCode();
  }
}
