package dev.tributary.golden;

import static dev.tributary.golden.Golden.assertClose;
import static dev.tributary.golden.Golden.floats;
import static dev.tributary.golden.Golden.values;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each optimizer against PyTorch's, step by step. */
final class GoldenOptimizerTest {
  static List<Golden.Case> cases() {
    return Golden.cases("optimizer");
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
      optimizer.step(weights, gradient, slots, Tensor.whole(weights.length), rate, step + 1L);
      assertClose(
          "weights after step " + (step + 1), weights, values(json.get("weights_after").get(step)));
    }
  }

  private static Optimizer optimizer(JsonNode rule) {
    String type = rule.get("type").asText();
    double beta1 = rule.path("beta1").asDouble();
    double beta2 = rule.path("beta2").asDouble();
    double epsilon = rule.path("epsilon").asDouble();
    double decay = rule.path("weight_decay").asDouble();
    double momentum = rule.path("momentum").asDouble();
    return switch (type) {
      case "sgd" -> Optimizer.sgd(momentum, rule.path("nesterov").asBoolean(), decay);
      case "adam" -> Optimizer.adam(beta1, beta2, epsilon, decay);
      case "adamw" -> Optimizer.adamW(beta1, beta2, epsilon, decay);
      case "nadam" ->
          Optimizer.nadam(beta1, beta2, epsilon, rule.get("momentum_decay").asDouble(), decay);
      case "rmsprop" -> Optimizer.rmsprop(rule.get("alpha").asDouble(), epsilon, momentum, decay);
      case "adagrad" -> Optimizer.adagrad(epsilon, decay);
      case "adadelta" -> Optimizer.adadelta(rule.get("rho").asDouble(), epsilon, decay);
      default -> throw new AssertionError("no such optimizer: " + type);
    };
  }
}
