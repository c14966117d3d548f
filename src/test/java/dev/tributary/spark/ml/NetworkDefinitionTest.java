package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.job.Assembly;
import dev.tributary.nn.Network;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Networks in code are those of job files. */
final class NetworkDefinitionTest {
  @Test
  void rendersWhatAJobFileSays() {
    NetworkDefinition definition =
        NetworkDefinition.input(12, 12, 1)
            .convolution(4, 3, Map.of("padding", "same"))
            .batchNorm()
            .relu()
            .residual(
                NetworkDefinition.input(12, 12, 4).convolution(4, 3, Map.of("padding", "same")))
            .maxPool(2)
            .flatten()
            .dropout(0.25)
            .affine(8, Map.of("initializer", "he"))
            .tanh()
            .affine(3);
    Network built = Assembly.network(definition.toString(), "test");
    Network expected =
        Assembly.network(
            """
            { "input": [12, 12, 1], "layers": [
              { "type": "convolution", "filters": 4, "kernel": 3, "padding": "same" },
              { "type": "batch_norm" }, { "type": "relu" },
              { "type": "residual", "layers": [
                { "type": "convolution", "filters": 4, "kernel": 3, "padding": "same" }] },
              { "type": "max_pool", "kernel": 2 }, { "type": "flatten" },
              { "type": "dropout", "probability": 0.25 },
              { "type": "affine", "outputs": 8, "initializer": "he" }, { "type": "tanh" },
              { "type": "affine", "outputs": 3 }] }
            """,
            "test");
    assertThat(built.table()).isEqualTo(expected.table());
    assertThat(built.initialValues(1)).containsExactly(expected.initialValues(1));
  }

  @Test
  void isAValue() {
    NetworkDefinition start = NetworkDefinition.input(2);
    NetworkDefinition longer = start.affine(3);
    assertThat(start).isEqualTo(NetworkDefinition.input(2)).isNotEqualTo(longer);
    assertThat(longer).hasSameHashCodeAs(NetworkDefinition.input(2).affine(3));
  }

  @Test
  void perceptronsHaveSigmoidsBetweenTheirLayers() {
    assertThat(NetworkDefinition.perceptron(4, 5, 3))
        .isEqualTo(NetworkDefinition.input(4).affine(5).sigmoid().affine(3));
    assertThatThrownBy(() -> NetworkDefinition.perceptron(4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layers = [4], expected at least the inputs and the outputs");
  }
}
