package dev.tributary.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every optimizer must keep to. */
final class OptimizerTest {
  /** Enough for all of them to get near a minimum 7 away in 20,000 steps. */
  private static final double RATE = 0.05;

  static Stream<Optimizer> byValue() {
    return Stream.of(
        Optimizer.sgd(0, false, 0),
        Optimizer.sgd(0, false, 0.001),
        Optimizer.sgd(0.9, false, 0),
        Optimizer.sgd(0.9, true, 0.001),
        Optimizer.adam(0.9, 0.999, 1e-8, 0),
        Optimizer.adam(0.9, 0.999, 1e-8, 0.001),
        Optimizer.adamW(0.9, 0.999, 1e-8, 0.001),
        Optimizer.nadam(0.9, 0.999, 1e-8, 0.004, 0.001),
        Optimizer.rmsprop(0.9, 1e-8, 0, 0),
        Optimizer.adagrad(1e-10, 0).clippedByValue(10),
        Optimizer.adam(0.9, 0.999, 1e-8, 0).clippedByValue(0.5));
  }

  static Stream<Optimizer> all() {
    return Stream.concat(
        byValue(),
        Stream.of(Optimizer.sgd(0.9, false, 0).clippedByNorm(1), Optimizer.lars(0.5, 0.1, 0)));
  }

  private static List<Tensor> range(int from, int to) {
    return List.of(new Tensor(from, to, false, Tensor.Tuning.NONE));
  }

  private static float[] gradient(int step, float[] weights) {
    float[] gradient = new float[weights.length];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = weights[i] - i + 0.3f * (float) Math.sin(step + i);
    }
    return gradient;
  }

  /** Many values, of which all links see to some before the next: as if each were alone. */
  @ParameterizedTest
  @MethodSource("byValue")
  void updatesManyAsEachByItself(Optimizer optimizer) {
    int count = 20_001;
    float[] whole = new float[count];
    float[][] slots = optimizer.newSlots(count);
    List<Tensor> tensors = List.of(range(0, 9_000).get(0), range(9_000, count).get(0));
    float[] alone = new float[1];
    for (int step = 1; step <= 2; step++) {
      float[] before = whole.clone();
      float[][] slotsBefore = new float[slots.length][];
      for (int k = 0; k < slots.length; k++) {
        slotsBefore[k] = slots[k].clone();
      }
      float[] gradient = gradient(step, whole);
      optimizer.step(whole, gradient.clone(), slots, tensors, 0.1, step);
      for (int i = 0; i < count; i++) {
        alone[0] = before[i];
        float[][] own = optimizer.newSlots(1);
        for (int k = 0; k < own.length; k++) {
          own[k][0] = slotsBefore[k][i];
        }
        optimizer.step(alone, new float[] {gradient[i]}, own, Tensor.whole(1), 0.1, step);
        assertThat(whole[i]).isEqualTo(alone[0]);
      }
    }
  }

  /**
   * A range by itself is updated as it is within the whole: what lets owners update their slices.
   */
  @ParameterizedTest
  @MethodSource("byValue")
  void updatesRangesByThemselves(Optimizer optimizer) {
    float[] whole = {5, -3, 2, 0, 1, 8, -2};
    float[] sliced = whole.clone();
    float[][] wholeSlots = optimizer.newSlots(7);
    float[][] slicedSlots = optimizer.newSlots(7);
    for (int step = 1; step <= 5; step++) {
      float[] g = gradient(step, whole);
      float[] h = g.clone();
      optimizer.step(whole, g, wholeSlots, Tensor.whole(7), 0.1, step);
      optimizer.step(sliced, h, slicedSlots, range(4, 7), 0.1, step);
      optimizer.step(sliced, h, slicedSlots, range(0, 4), 0.1, step);
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
        optimizer.step(resumed, gradient(step, resumed), resumedSlots, Tensor.whole(3), 0.1, step);
      }
      optimizer.step(weights, gradient(step, weights), slots, Tensor.whole(3), 0.1, step);
    }
    assertThat(resumed).isEqualTo(weights).isNotSameAs(weights);
  }

  @ParameterizedTest
  @MethodSource("all")
  void findsAMinimum(Optimizer optimizer) {
    float[] weights = {5, -3, 2};
    float[][] slots = optimizer.newSlots(3);
    for (int step = 1; step <= 20_000; step++) {
      float[] gradient = new float[3];
      for (int i = 0; i < 3; i++) {
        gradient[i] = weights[i] - i;
      }
      optimizer.step(weights, gradient, slots, Tensor.whole(3), RATE, step);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(weights[i]).isBetween(i - 0.03f, i + 0.03f);
    }
  }

  @Test
  void clipsByTheNormOfAllTensors() {
    Optimizer optimizer = Optimizer.sgd(0, false, 0).clippedByNorm(5);
    float[] weights = {0, 0, 0, 0};
    List<Tensor> tensors = List.of(range(0, 2).get(0), range(2, 4).get(0));
    optimizer.step(weights, new float[] {6, 0, 0, 8}, optimizer.newSlots(4), tensors, 1, 1);
    assertThat(weights).containsExactly(-3, 0, 0, -4);
    optimizer.step(weights, new float[] {3, 0, 0, 4}, optimizer.newSlots(4), tensors, 1, 2);
    assertThat(weights).containsExactly(-6, 0, 0, -8);
  }

  @Test
  void clipsValues() {
    Optimizer optimizer = Optimizer.sgd(0, false, 0).clippedByValue(0.5);
    float[] weights = {0, 0, 0};
    float[] gradient = {6, -8, 0.25f};
    optimizer.step(weights, gradient, optimizer.newSlots(3), Tensor.whole(3), 1, 1);
    assertThat(weights).containsExactly(-0.5f, 0.5f, -0.25f);
  }

  @Test
  void scalesRatesAndFreezesByTensor() {
    Optimizer optimizer = Optimizer.sgd(0, false, 0.5).clippedByNorm(1);
    float[] weights = {1, 1, 1};
    List<Tensor> tensors =
        List.of(
            new Tensor(0, 1, false, new Tensor.Tuning(1, 0, 0)),
            new Tensor(1, 2, false, new Tensor.Tuning(0, 0, 0)),
            new Tensor(2, 3, false, new Tensor.Tuning(0.1, 0, 0)));
    // The frozen tensor's 100 counts in no norm, so 0.6 and 0.8 stay as they are.
    float[] gradient = {0.6f, 100, 0.8f};
    optimizer.step(weights, gradient, optimizer.newSlots(3), tensors, 1, 1);
    assertThat(weights).containsExactly(1 - 1.1f, 1, 1 - 0.1f * 1.3f);
  }

  @Test
  void penalisesWeightsAndNotBiases() {
    Tensor.Tuning tuning = new Tensor.Tuning(1, 0.1, 0.5);
    List<Tensor> tensors = List.of(new Tensor(0, 2, false, tuning), new Tensor(2, 3, true, tuning));
    float[] weights = {2, -4, 8};
    assertThat(Optimizer.penalty(weights, tensors)).isCloseTo(0.1 * 6 + 0.25 * 20, within(1e-9));
    Optimizer optimizer = Optimizer.sgd(0, false, 0);
    optimizer.step(weights, new float[3], optimizer.newSlots(3), tensors, 1, 1);
    assertThat(weights).containsExactly(2 - 1.1f, -4 + 2.1f, 8);
  }

  /** You and others, algorithm 1: the update is as long as rate · trust · |w| says. */
  @Test
  void larsStepsInProportionToTheWeights() {
    float[] weights = {3, 4};
    Optimizer optimizer = Optimizer.lars(0, 0.01, 0);
    optimizer.step(weights, new float[] {0, 100}, optimizer.newSlots(2), range(0, 2), 2, 1);
    assertThat(weights).containsExactly(3, 4 - 2 * 0.01f * 5);
    // With decay: g + λ w, over |g| + λ |w|.
    weights = new float[] {3, 4};
    optimizer = Optimizer.lars(0, 0.01, 0.5);
    optimizer.step(weights, new float[] {0, 100}, optimizer.newSlots(2), range(0, 2), 2, 1);
    double ratio = 0.01 * 5 / (100 + 0.5 * 5);
    assertThat(weights[0]).isCloseTo((float) (3 - 2 * ratio * 1.5), within(1e-6f));
    assertThat(weights[1]).isCloseTo((float) (4 - 2 * ratio * 102), within(1e-6f));
  }

  /** You and others, algorithm 2: Adam's first update is the gradient's sign. */
  @Test
  void lambStepsInProportionToTheWeights() {
    float[] weights = {3, 4, 7};
    List<Tensor> tensors = List.of(range(0, 2).get(0), new Tensor(2, 3, true, Tensor.Tuning.NONE));
    Optimizer optimizer = Optimizer.lamb(0.9, 0.999, 0, 0.5);
    optimizer.step(weights, new float[] {-5, 20, 3}, optimizer.newSlots(3), tensors, 0.1, 1);
    double a = -1 + 0.5 * 3;
    double b = 1 + 0.5 * 4;
    double ratio = 5 / Math.hypot(a, b);
    assertThat(weights[0]).isCloseTo((float) (3 - 0.1 * ratio * a), within(1e-5f));
    assertThat(weights[1]).isCloseTo((float) (4 - 0.1 * ratio * b), within(1e-5f));
    assertThat(weights[2])
        .as("a vector has neither decay nor ratio")
        .isCloseTo(6.9f, within(1e-5f));
  }

  @Test
  void averagesWeights() {
    Average average = new Average(0.5);
    float[] averaged = {0};
    average.move(averaged, new float[] {11}, 1);
    assertThat(averaged[0]).as("early steps forget the start").isCloseTo(9f, within(1e-5f));
    average.move(averaged, new float[] {11}, 1000);
    assertThat(averaged[0]).isCloseTo(10f, within(1e-5f));
    assertThatThrownBy(() -> new Average(1))
        .hasMessage("decay must be above 0 and below 1, not 1.0");
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
        .hasMessage("every must be above 0 and finite, not 0.0");
  }
}
