package dev.tributary.golden;

import static dev.tributary.golden.Golden.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.optim.Schedule;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each schedule against PyTorch's. */
final class GoldenScheduleTest {
  static List<Golden.Case> cases() {
    return Golden.cases("schedule");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(Golden.Case golden) {
    JsonNode json = golden.json().get("schedule");
    Schedule schedule = schedule(json);
    double[] rates = values(golden.json().get("rates"));
    for (int t = 0; t < rates.length; t++) {
      assertThat(schedule.rate(t)).as("rate %d", t).isCloseTo(rates[t], within(1e-12));
    }
  }

  private static Schedule schedule(JsonNode json) {
    double rate = json.get("base_rate").asDouble();
    double factor = json.path("factor").asDouble();
    double length = json.path("steps").asDouble();
    String type = json.get("type").asText();
    return switch (type) {
      case "step" -> Schedule.step(rate, json.get("every").asDouble(), factor);
      case "multi_step" -> Schedule.multiStep(rate, values(json.get("at")), factor);
      case "exponential" -> Schedule.exponential(rate, 1, factor);
      case "cosine" -> Schedule.cosine(rate, length, json.get("minimum").asDouble());
      case "polynomial" -> Schedule.polynomial(rate, length, json.get("power").asDouble());
      case "linear_warm_up" ->
          Schedule.linearWarmUp(rate, length, json.get("start_factor").asDouble());
      default -> throw new AssertionError("no such schedule: " + type);
    };
  }
}
