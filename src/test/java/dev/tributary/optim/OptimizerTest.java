package dev.tributary.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every optimizer must keep to. */
final class OptimizerTest {
  static Stream<Optimizer> all() {
    return Stream.of(
        Optimizer.sgd(0, false, 0),
        Optimizer.sgd(0, false, 0.01),
        Optimizer.sgd(0.9, false, 0),
        Optimizer.sgd(0.9, true, 0.01),
        Optimizer.adam(0.9, 0.999, 1e-8, 0),
        Optimizer.adam(0.9, 0.999, 1e-8, 0.01));
  }

  private static float[] gradient(int step, float[] weights) {
    float[] gradient = new float[weights.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = weights[i] - i + 0.3f * (float) Math.sin(step + i);
    }
    return gradient;
  }

  /**
   * A range by itself is updated as it is within the whole: what lets owners update their slices.
   */
  @ParameterizedTest
  @MethodSource("all")
  void updatesRangesByThemselves(Optimizer optimizer) {
    float[] whole = {5, -3, 2, 0, 1, 8, -2};
    float[] sliced = whole.clone();
    float[][] wholeSlots = optimizer.newSlots(7);
    float[][] slicedSlots = optimizer.newSlots(7);
    for (int step = 1; step <= 5; step++) {
      float[] g = gradient(step, whole);
      float[] h = g.clone();
      optimizer.step(whole, g, wholeSlots, 0, 7, 0.1, step);
      optimizer.step(sliced, h, slicedSlots, 4, 7, 0.1, step);
      optimizer.step(sliced, h, slicedSlots, 0, 4, 0.1, step);
      assertThat(sliced).isEqualTo(whole);
      assertThat(slicedSlots).isDeepEqualTo(wholeSlots);
    }
  }

  /** Weights and slots are all there is: a run that goes on from copies of them is the same run. */
  @ParameterizedTest
  @MethodSource("all")
  void resumesFromItsSlots(Optimizer optimizer) {
    float[] weights = {5, -3, 2};
    float[][] slots = optimizer.newSlots(3);
    float[] resumed = weights;
    float[][] resumedSlots = slots;
    for (int step = 1; step <= 6; step++) {
      if (step == 4) {
        resumed = weights.clone();
        resumedSlots = Stream.of(slots).map(float[]::clone).toArray(float[][]::new);
      }
      if (step >= 4) {
        optimizer.step(resumed, gradient(step, resumed), resumedSlots, 0, 3, 0.1, step);
      }
      optimizer.step(weights, gradient(step, weights), slots, 0, 3, 0.1, step);
    }
    assertThat(resumed).isEqualTo(weights).isNotSameAs(weights);
  }

  @ParameterizedTest
  @MethodSource("all")
  void findsAMinimum(Optimizer optimizer) {
    float[] weights = {5, -3, 2};
    float[][] slots = optimizer.newSlots(3);
    for (int step = 1; step <= 2000; step++) {
      float[] gradient = new float[3];
      for (int i = 0; i < 3; i++) {
        gradient[i] = weights[i] - i;
      }
      optimizer.step(weights, gradient, slots, 0, 3, 0.05, step);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(weights[i]).isBetween(i - 0.03f, i + 0.03f);
    }
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> Optimizer.sgd(1, false, 0))
        .hasMessage("momentum must be at least 0 and below 1, not 1.0");
    assertThatThrownBy(() -> Optimizer.sgd(0, true, 0))
        .hasMessage("nesterov needs a momentum above 0, such as 0.9");
    assertThatThrownBy(() -> Optimizer.adam(0.9, Double.NaN, 0, 0))
        .hasMessage("beta2 must be at least 0 and below 1, not NaN");
    assertThatThrownBy(() -> Optimizer.sgd(0, false, -1))
        .hasMessage("weight_decay must be at least 0 and finite, not -1.0");
    assertThatThrownBy(() -> Schedule.constant(0))
        .hasMessage("rate must be above 0 and finite, not 0.0");
    assertThatThrownBy(() -> Schedule.step(1, 0, 0.5))
        .hasMessage("every must be at least 1, not 0");
  }
}
