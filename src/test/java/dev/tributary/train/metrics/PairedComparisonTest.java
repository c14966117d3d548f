package dev.tributary.train.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PairedComparisonTest {
  /** So many right by both, by the champion alone, by the challenger alone, by neither. */
  private static boolean[][] right(int both, int champion, int challenger, int neither) {
    boolean[][] right = new boolean[2][both + champion + challenger + neither];
    for (int i = 0; i < right[0].length; i++) {
      right[0][i] = i < both + champion;
      right[1][i] = i < both || (i >= both + champion && i < both + champion + challenger);
    }
    return right;
  }

  /** The probability by hand: 2 · Σ C(14, k) / 2^14 for k up to 2, 2 · (1 + 14 + 91) / 16384. */
  @Test
  void mcNemarIsTheExactBinomialTest() {
    boolean[][] right = right(80, 2, 12, 6);
    PairedComparison c = PairedComparison.mcNemar(right[0], right[1], 0.95);
    assertThat(c.pValue()).isCloseTo(212.0 / 16384, within(1e-12));
    assertThat(c.champion()).isEqualTo(0.82);
    assertThat(c.challenger()).isEqualTo(0.92);
    assertThat(c.difference()).isCloseTo(0.1, within(1e-12));
    // Wald: 0.1 ± 1.959964 · √(14 − 10²/100) / 100.
    assertThat(c.low()).isCloseTo(0.1 - 1.959964 * Math.sqrt(13) / 100, within(1e-6));
    assertThat(c.high()).isCloseTo(0.1 + 1.959964 * Math.sqrt(13) / 100, within(1e-6));
    assertThat(c.isBetterBy(0)).isTrue();
    assertThat(c.isBetterBy(0.1)).isFalse();
  }

  @Test
  void aDifferenceThatMayBeLuckIsNone() {
    boolean[][] right = right(80, 5, 9, 6);
    assertThat(PairedComparison.mcNemar(right[0], right[1], 0.95).isBetterBy(0)).isFalse();
    assertThat(PairedComparison.bootstrap(right[0], right[1], 0.95, 1).isBetterBy(0)).isFalse();
  }

  @Test
  void theWorseIsNeverBetter() {
    boolean[][] right = right(50, 40, 2, 8);
    assertThat(PairedComparison.mcNemar(right[0], right[1], 0.95).isBetterBy(0)).isFalse();
    assertThat(PairedComparison.bootstrap(right[0], right[1], 0.95, 1).isBetterBy(0)).isFalse();
  }

  @Test
  void modelsThatAgreeAreEqual() {
    boolean[][] right = right(50, 0, 0, 50);
    PairedComparison c = PairedComparison.mcNemar(right[0], right[1], 0.95);
    assertThat(c.pValue()).isEqualTo(1);
    assertThat(c.low()).isZero();
    assertThat(c.isBetterBy(0)).isFalse();
  }

  @Test
  void theBootstrapAgreesWithTheFormula() {
    boolean[][] right = right(800, 20, 120, 60);
    PairedComparison formula = PairedComparison.mcNemar(right[0], right[1], 0.95);
    PairedComparison drawn = PairedComparison.bootstrap(right[0], right[1], 0.95, 7);
    assertThat(drawn.low()).isCloseTo(formula.low(), within(0.003));
    assertThat(drawn.high()).isCloseTo(formula.high(), within(0.003));
    assertThat(drawn).isEqualTo(PairedComparison.bootstrap(right[0], right[1], 0.95, 7));
    assertThat(drawn.isBetterBy(0.05)).isTrue();
  }

  /** Losses that differ by 0.1 but for noise of deviation 0.5: the interval is that of the mean. */
  @Test
  void lossesAreComparedByTheirMeans() {
    Random random = new Random(5);
    double[] old = random.doubles(2000, 1, 2).toArray();
    double[] now = Arrays.stream(old).map(v -> v - 0.1 + 0.5 * random.nextGaussian()).toArray();
    PairedComparison c = PairedComparison.bootstrapOfLosses(old, now, 0.95, 3);
    double mean = Arrays.stream(old).average().orElseThrow() - c.challenger();
    assertThat(c.measure()).isEqualTo("loss");
    assertThat(c.difference()).isCloseTo(mean, within(1e-9));
    assertThat(c.low()).isCloseTo(mean - 1.96 * 0.5 / Math.sqrt(2000), within(0.003));
    assertThat(c.high()).isCloseTo(mean + 1.96 * 0.5 / Math.sqrt(2000), within(0.003));
    assertThat(c.onlyChallenger()).isGreaterThan(c.onlyChampion());
    assertThat(c.isBetterBy(0.05)).isTrue();
    assertThat(c.isBetterBy(0.2)).isFalse();
    assertThat(PairedComparison.bootstrapOfLosses(now, old, 0.95, 3).isBetterBy(0)).isFalse();
  }

  /** By hand: (0.5 − 0.25) ln 2 + (0.5 − 0.75) ln (2/3). */
  @Test
  void stabilityIndex() {
    assertThat(StabilityIndex.of(new long[] {9, 1, 3}, new long[] {9, 5, 5}, 1, 2))
        .isCloseTo(0.25 * Math.log(2) - 0.25 * Math.log(2.0 / 3), within(1e-12));
    assertThat(StabilityIndex.of(new long[] {1, 3}, new long[] {2, 6}, 0, 2)).isZero();
    assertThat(StabilityIndex.of(new long[] {0, 4}, new long[] {4, 0}, 0, 2)).isFinite();
  }
}
