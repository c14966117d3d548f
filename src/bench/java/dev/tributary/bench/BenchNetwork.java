package dev.tributary.bench;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.tributary.job.Assembly;
import dev.tributary.nn.Network;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The networks whose steps are measured; {@code src/bench/python/steps.py} has the same ones. */
enum BenchNetwork {
  /** 784-1024-1024-10. */
  MLP("[784]", affine(1024), Layers.RELU, affine(1024), Layers.RELU, affine(10)),

  /** Two convolutions of 5x5, each pooled, and two affine layers: 3.27 million weights. */
  LENET(
      "[28, 28, 1]",
      convolution(32, 5, 1),
      Layers.RELU,
      Layers.POOL,
      convolution(64, 5, 1),
      Layers.RELU,
      Layers.POOL,
      Layers.FLATTEN,
      affine(1024),
      Layers.RELU,
      affine(10)),

  /** Six convolutions of 3x3 on CIFAR's images. */
  VGG(
      "[32, 32, 3]",
      convolution(64, 3, 1),
      Layers.RELU,
      convolution(64, 3, 1),
      Layers.RELU,
      Layers.POOL,
      convolution(128, 3, 1),
      Layers.RELU,
      convolution(128, 3, 1),
      Layers.RELU,
      Layers.POOL,
      convolution(256, 3, 1),
      Layers.RELU,
      convolution(256, 3, 1),
      Layers.RELU,
      Layers.POOL,
      Layers.FLATTEN,
      affine(512),
      Layers.RELU,
      affine(10)),

  /**
   * Twenty layers in nine residual blocks on CIFAR's images: 0.27 million weights. (He, Zhang, Ren,
   * Sun: "Deep residual learning for image recognition", 2016, section 4.2.)
   */
  RESIDUAL(
      "[32, 32, 3]",
      plainConvolution(16, 3, 1),
      Layers.NORM,
      Layers.RELU,
      blocks(16, 1),
      blocks(32, 2),
      blocks(64, 2),
      "{ type = global_average_pool }",
      affine(10));

  private final String text;

  BenchNetwork(String input, String... layers) {
    this.text = "input = " + input + ", layers = [" + String.join(", ", layers) + "]";
  }

  private static String affine(int outputs) {
    return "{ type = affine, outputs = " + outputs + ", initializer = he }";
  }

  private static String convolution(int filters, int kernel, int stride) {
    return convolution(filters, kernel, stride, true);
  }

  private static String plainConvolution(int filters, int kernel, int stride) {
    return convolution(filters, kernel, stride, false);
  }

  private static String convolution(int filters, int kernel, int stride, boolean bias) {
    return String.format(
        "{ type = convolution, filters = %d, kernel = %d, stride = %d, padding = %d, bias = %s,"
            + " initializer = he }",
        filters, kernel, stride, kernel / 2, bias);
  }

  private static String blocks(int filters, int stride) {
    return IntStream.range(0, 3)
        .mapToObj(i -> block(filters, i == 0 ? stride : 1))
        .collect(Collectors.joining(", "));
  }

  private static String block(int filters, int stride) {
    List<String> layers =
        List.of(
            plainConvolution(filters, 3, stride),
            Layers.NORM,
            Layers.RELU,
            plainConvolution(filters, 3, 1),
            Layers.NORM);
    String shortcut =
        stride == 1
            ? ""
            : ", shortcut = [" + plainConvolution(filters, 1, stride) + ", " + Layers.NORM + "]";
    return "{ type = residual, layers = ["
        + String.join(", ", layers)
        + "]"
        + shortcut
        + " }, "
        + Layers.RELU;
  }

  /** The network section of a job file. */
  String section() {
    return text;
  }

  Network network() {
    String json = ConfigFactory.parseString(text).root().render(ConfigRenderOptions.concise());
    return Assembly.network(json, title());
  }

  /** The mini-batches that are measured. */
  int[] batches() {
    return switch (this) {
      case MLP -> new int[] {128, 1024};
      case LENET -> new int[] {128, 512};
      case VGG, RESIDUAL -> new int[] {128};
    };
  }

  String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Layers without sizes. */
  private static final class Layers {
    static final String RELU = "{ type = relu }";
    static final String NORM = "{ type = batch_norm }";
    static final String POOL = "{ type = max_pool, kernel = 2 }";
    static final String FLATTEN = "{ type = flatten }";
  }
}
