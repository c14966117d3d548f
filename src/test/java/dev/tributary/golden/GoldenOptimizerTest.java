package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.values;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.optim.Optimizer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each optimizer against PyTorch's, step by step. */
final class GoldenOptimizerTest {
  /** Types that Tributary does not have yet; everything else must pass. */
  private static final Set<String> LATER =
      Set.of("adadelta", "adagrad", "adamw", "nadam", "rmsprop");

  static List<Golden.Case> cases() {
    return Golden.cases("optimizer").stream()
        .filter(c -> !LATER.contains(c.json().get("optimizer").get("type").asText()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(Golden.Case golden) {
    JsonNode json = golden.json();
    JsonNode rule = json.get("optimizer");
    Optimizer optimizer = optimizer(rule);
    float[] weights = floats(values(json.get("weights")));
    float[][] slots = optimizer.newSlots(weights.length);
    for (int step = 0; step < json.get("gradients").size(); step++) {
      float[] gradient = floats(values(json.get("gradients").get(step)));
      double rate = rule.get("rate").asDouble();
      optimizer.step(weights, gradient, slots, 0, weights.length, rate, step + 1L);
      assertClose(
          "weights after step " + (step + 1), weights, values(json.get("weights_after").get(step)));
    }
  }

  private static Optimizer optimizer(JsonNode rule) {
    if (rule.get("type").asText().equals("adam")) {
      return Optimizer.adam(
          rule.get("beta1").asDouble(),
          rule.get("beta2").asDouble(),
          rule.get("epsilon").asDouble(),
          rule.path("weight_decay").asDouble());
    }
    return Optimizer.sgd(
        rule.path("momentum").asDouble(),
        rule.path("nesterov").asBoolean(),
        rule.path("weight_decay").asDouble());
  }
}
