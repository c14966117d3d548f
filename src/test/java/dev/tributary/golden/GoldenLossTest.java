package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.ints;
import static dev.tributary.golden.Golden.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import dev.tributary.nn.loss.AbsoluteError;
import dev.tributary.nn.loss.Huber;
import dev.tributary.nn.loss.MulticlassHinge;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each loss against PyTorch's. PyTorch's are means, ours sums: the test divides. */
final class GoldenLossTest {
  static List<Golden.Case> cases() {
    return Golden.cases("loss");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(Golden.Case golden) {
    JsonNode json = golden.json();
    int[] shape = Golden.shape(json.get("prediction"));
    int n = shape[0];
    int outputs = shape[1];
    Batch batch = new Batch(Shape.flat(1));
    batch.resize(n);
    if (json.get("target").isArray()) {
      System.arraycopy(ints(json.get("target")), 0, batch.labels(), 0, n);
    } else {
      float[] targets = floats(values(json.get("target")));
      System.arraycopy(targets, 0, batch.targets(outputs), 0, targets.length);
    }
    Loss loss = loss(json.get("loss"));
    double[] gradient = new double[n * outputs];

    double sum = loss.evaluate(batch, outputs, values(json.get("prediction")), gradient);

    double weight = loss.weight(batch);
    double expected = json.get("value").asDouble();
    assertThat(sum / weight).as("loss").isCloseTo(expected, within(1e-6 * expected));
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] /= weight;
    }
    assertClose("gradient", floats(gradient), values(json.get("prediction_gradient")));
  }

  private static Loss loss(JsonNode json) {
    String type = json.get("type").asText();
    return switch (type) {
      case "softmax_cross_entropy" ->
          new SoftmaxCrossEntropy(
              json.path("label_smoothing").asDouble(),
              json.has("class_weights") ? floats(values(json.get("class_weights"))) : null);
      case "sigmoid_cross_entropy" -> new SigmoidCrossEntropy();
      case "squared_error" -> new SquaredError();
      case "absolute_error" -> new AbsoluteError();
      case "huber" -> new Huber(1);
      case "multiclass_hinge" -> new MulticlassHinge(1);
      default -> throw new IllegalArgumentException("no such loss: " + type);
    };
  }
}
