package dev.tributary.golden;

import static dev.tributary.golden.Golden.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.optim.Schedule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each schedule against PyTorch's. */
final class GoldenScheduleTest {
  /** Types that Tributary does not have yet; everything else must pass. */
  private static final Set<String> LATER =
      Set.of("cosine", "exponential", "linear_warm_up", "multi_step", "polynomial");

  static List<Golden.Case> cases() {
    return Golden.cases("schedule").stream()
        .filter(c -> !LATER.contains(c.json().get("schedule").get("type").asText()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsPyTorch(Golden.Case golden) {
    JsonNode json = golden.json().get("schedule");
    assertThat(json.get("type").asText()).isEqualTo("step");
    Schedule schedule =
        Schedule.step(
            json.get("base_rate").asDouble(),
            json.get("every").asLong(),
            json.get("factor").asDouble());
    double[] rates = values(golden.json().get("rates"));
    for (int t = 0; t < rates.length; t++) {
      assertThat(schedule.rate(t)).as("rate %d", t).isCloseTo(rates[t], within(1e-12));
    }
  }
}
