package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.ints;
import static dev.tributary.golden.Golden.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Batch;
import dev.tributary.nn.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each loss against PyTorch's. PyTorch's are means, ours sums: the test divides. */
final class GoldenLossTest {
  /** Cases that Tributary does not have yet; everything else must pass. */
  private static final Set<String> LATER =
      Set.of(
          "loss-absolute-error",
          "loss-hinge",
          "loss-huber",
          "loss-sigmoid-cross-entropy",
          "loss-softmax-cross-entropy-class-weights",
          "loss-softmax-cross-entropy-label-smoothing",
          "loss-softmax-cross-entropy-soft-targets");

  static List<Golden.Case> cases() {
    return Golden.cases("loss").stream().filter(c -> !LATER.contains(c.name())).toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(Golden.Case golden) {
    JsonNode json = golden.json();
    int[] shape = Golden.shape(json.get("prediction"));
    int n = shape[0];
    int outputs = shape[1];
    Engine engine = new JvmEngineProvider().open();
    Buffer prediction = buffer(engine, floats(values(json.get("prediction"))));
    Buffer gradient = engine.allocate(n * outputs);

    double sum;
    if (json.get("loss").get("type").asText().equals("squared_error")) {
      Buffer target = buffer(engine, floats(values(json.get("target"))));
      sum = engine.squaredError(n * outputs, 1f / outputs, prediction, target, gradient);
    } else {
      Batch batch = new Batch(Shape.flat(1));
      batch.resize(n);
      System.arraycopy(ints(json.get("target")), 0, batch.labels(), 0, n);
      sum =
          new SoftmaxCrossEntropy()
              .evaluate(engine, batch, outputs, prediction, engine.allocate(0), gradient);
    }

    double expected = json.get("value").asDouble();
    assertThat(sum / n).as("loss").isCloseTo(expected, within(1e-6 * expected));
    float[] mean = new float[n * outputs];
    gradient.get(mean, 0, mean.length);
    for (int i = 0; i < mean.length; i++) {
      mean[i] /= n;
    }
    assertClose("gradient", mean, values(json.get("prediction_gradient")));
  }

  private static Buffer buffer(Engine engine, float[] values) {
    Buffer buffer = engine.allocate(values.length);
    buffer.put(values, 0, values.length);
    return buffer;
  }
}
