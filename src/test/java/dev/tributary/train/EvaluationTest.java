package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Metrics against figures worked out by hand. */
final class EvaluationTest {
  /** Actual 0: 3 found, 1 taken for 1. Actual 1: 2 found, 2 taken for 0. Actual 2: none. */
  private static Evaluation example() {
    Evaluation e = new Evaluation(3);
    for (int i = 0; i < 3; i++) {
      e.count(0, 0, true);
    }
    e.count(0, 1, true);
    e.count(1, 1, true);
    e.count(1, 1, true);
    e.count(1, 0, false);
    e.count(1, 0, false);
    e.addLoss(12, 4);
    return e;
  }

  @Test
  void metricsAreTheirDefinitions() {
    Evaluation e = example();
    assertThat(e.samples()).isEqualTo(8);
    assertThat(e.accuracy()).isEqualTo(5.0 / 8);
    assertThat(e.topAccuracy()).isEqualTo(6.0 / 8);
    assertThat(e.loss()).isEqualTo(3);
    assertThat(e.precision(0)).isEqualTo(3.0 / 5);
    assertThat(e.recall(0)).isEqualTo(3.0 / 4);
    assertThat(e.f1(0)).isCloseTo(2 * 0.6 * 0.75 / (0.6 + 0.75), within(1e-15));
    assertThat(e.precision(1)).isEqualTo(2.0 / 3);
    assertThat(e.recall(1)).isEqualTo(0.5);
    assertThat(e.precision(2)).isNaN();
    assertThat(e.recall(2)).isNaN();
    assertThat(e.macroF1()).isCloseTo((e.f1(0) + e.f1(1)) / 2, within(1e-15));
    assertThat(e.confused(1, 0)).isEqualTo(2);
  }

  @Test
  void sumsAreExactInAnyGrouping() {
    Evaluation once = example();
    once.add(example()).add(example());
    Evaluation other = new Evaluation(3);
    other.add(example());
    Evaluation rest = example().add(example());
    assertThat(other.add(rest)).isEqualTo(once);
    assertThat(once.samples()).isEqualTo(24);
  }

  @Test
  void aSingleOutputTellsTwoClassesApart() {
    assertThat(Predictor.decide(new float[] {9, 0.4f}, 1, 1, 0.5f)).isZero();
    assertThat(Predictor.decide(new float[] {9, 0.6f}, 1, 1, 0.5f)).isEqualTo(1);
    assertThat(Predictor.decide(new float[] {9, 0.6f, 0.7f, 0.7f}, 1, 3, 0.5f)).isEqualTo(1);
  }
}
