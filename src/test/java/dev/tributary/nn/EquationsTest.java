package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is explained must be what is computed: its dimensions are those of the layers' buffers. */
final class EquationsTest {
  private static final int N = 7;

  static Stream<Layer> layers() {
    Window three = Window.of(3, 2, 1);
    Shape image = Shape.image(6, 5, 4);
    return Stream.of(
        new Affine(5, 4, true, Initializer.HE),
        new Affine(5, 4, false, Initializer.HE),
        new Convolution(new ConvolutionSize(image, 6, three, three, 2), true, Initializer.HE),
        new Pool(new PoolSize(PoolSize.Kind.MAX, image, three, three, false, false)),
        new Pool(new PoolSize(PoolSize.Kind.AVERAGE, image, three, three, false, false)),
        new GlobalAveragePool(image),
        new Elementwise(Activation.TANH, image),
        new Dropout(0.5, image),
        new Softmax(3),
        new LogSoftmax(3),
        new LayerNorm(image, 1e-5),
        new BatchNorm(image, 1e-5, 0.1),
        Reshape.flatten(image),
        new Add(image, 2),
        new Concatenate(List.of(image, image)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void dimensionsAreThoseOfTheBuffers(Layer layer) {
    Equations equations = layer.equations();
    assertThat(equations.formulas().size() + equations.notes().size()).isPositive();
    Map<String, List<Integer>> dimensions = equations.dimensions();
    assertThat(size(dimensions.get("y"))).isEqualTo(N * layer.output().size());
    if (dimensions.containsKey("x")) {
      assertThat(size(dimensions.get("x"))).isEqualTo(N * layer.input().size());
    }
    for (Parameter parameter : layer.parameters()) {
      String name = parameter.name().equals("weight") ? "W" : "b";
      assertThat(size(dimensions.get(name))).isEqualTo(parameter.size());
      assertThat(dimensions.get("d" + name)).isEqualTo(dimensions.get(name));
    }
  }

  private static int size(@Nullable List<Integer> dimensions) {
    assertThat(dimensions).isNotNull();
    return Objects.requireNonNull(dimensions).stream()
        .reduce(1, (a, b) -> a * (b < 0 ? -b * N : b));
  }

  /** In every product the inner dimensions are the same, and the outer ones are the result's. */
  @ParameterizedTest
  @MethodSource("layers")
  void dimensionsAgree(Layer layer) {
    Equations equations = layer.equations();
    for (String formula : equations.formulas()) {
      String[] sides = equations.dimensionsOf(formula).split(" = ", -1);
      String[] factors = sides[1].replaceAll(" \\+ .*", "").split("(?<=\\)) (?=\\()", -1);
      assertThat(factors).as(formula).hasSize(2);
      List<String> left = sizes(factors[0]);
      List<String> right = sizes(factors[1]);
      assertThat(left.get(1)).as(formula).isEqualTo(right.get(0));
      List<String> outer = new java.util.ArrayList<>(List.of(left.get(0)));
      outer.addAll(right.subList(1, right.size()));
      assertThat(sizes(sides[0])).as(formula).isEqualTo(outer);
    }
  }

  private static List<String> sizes(String shown) {
    return List.of(shown.substring(1, shown.length() - 1).split(" x ", -1));
  }

  @Test
  void formulasShowTheirDimensions() {
    Equations affine = new Affine(800, 500, true, Initializer.HE).equations();
    assertThat(affine.formulas()).startsWith("y = x Wᵀ + b", "dx = dy W", "dW = dyᵀ x");
    assertThat(affine.dimensionsOf("y = x Wᵀ + b"))
        .isEqualTo("(n x 500) = (n x 800) (800 x 500) + (500)");
    assertThat(affine.dimensionsOf("dx = dy W")).isEqualTo("(n x 800) = (n x 500) (500 x 800)");
    assertThat(affine.dimensionsOf("dW = dyᵀ x")).isEqualTo("(500 x 800) = (500 x n) (n x 800)");
  }
}
