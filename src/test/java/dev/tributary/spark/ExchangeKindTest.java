package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.tensor.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which exchange a run takes. */
final class ExchangeKindTest {
  private static final double TEN_GIGABIT = 1.25e9;

  @ParameterizedTest
  @CsvSource({
    "auto, true, true, REFERENCE",
    "auto, true, false, REFERENCE",
    "auto, false, true, SLICES",
    "auto, false, false, TREE",
    "tree, true, true, TREE",
    "tree, false, true, TREE",
    "slices, true, true, SLICES",
    "slices, false, true, SLICES",
  })
  void isChosen(String asked, boolean isLocal, boolean isByPart, ExchangeKind expected) {
    assertThat(ExchangeKind.of(asked, isLocal, isByPart)).isEqualTo(expected);
  }

  /** Why auto takes slices wherever they can be. */
  @ParameterizedTest
  @ValueSource(ints = {2, 8, 64, 1024})
  void slicesCostLessThanTheTree(int executors) {
    for (long weights : new long[] {1000, 1_000_000, 100_000_000}) {
      for (double bandwidth : new double[] {TEN_GIGABIT / 10, TEN_GIGABIT}) {
        long bytes = Wire.F32.bytes(weights, 0);
        assertThat(ExchangeKind.SLICES.milliseconds(bytes, executors, executors, 8, bandwidth))
            .isLessThan(ExchangeKind.TREE.milliseconds(bytes, executors, executors, 8, bandwidth));
      }
    }
  }

  /** The tree's driver has as much to do as its fan-in; slices cost each executor the same. */
  @Test
  void costsGrowAsTheyShould() {
    long bytes = Wire.F32.bytes(25_000_000, 0);
    double reference = ExchangeKind.REFERENCE.milliseconds(bytes, 1, 2, 8, TEN_GIGABIT);
    double two = ExchangeKind.SLICES.milliseconds(bytes, 2, 4, 8, TEN_GIGABIT);
    double many = ExchangeKind.SLICES.milliseconds(bytes, 64, 256, 8, TEN_GIGABIT);
    double tree = ExchangeKind.TREE.milliseconds(bytes, 2, 4, 8, TEN_GIGABIT);
    double manyOnTheTree = ExchangeKind.TREE.milliseconds(bytes, 64, 256, 8, TEN_GIGABIT);
    assertThat(reference).isLessThan(two);
    assertThat(many).isBetween(1.9 * two, 2 * two + 40);
    assertThat(tree).isGreaterThan(2 * two);
    assertThat(manyOnTheTree).isGreaterThan(2 * tree);
    assertThat(ExchangeKind.SLICES.milliseconds(bytes, 2, 4, 8, 1.25e8))
        .as("on 1 Gbit/s")
        .isGreaterThan(3 * two);
    double none = ExchangeKind.SLICES.milliseconds(0, 2, 4, 8, TEN_GIGABIT);
    double half =
        ExchangeKind.SLICES.milliseconds(Wire.BF16.bytes(25_000_000, 0), 2, 4, 8, TEN_GIGABIT);
    assertThat(half - none).isCloseTo((two - none) / 2, within(1e-6));
  }

  @Test
  void saysWhatIsSent() {
    assertThat(ExchangeKind.TREE.over(Wire.F32)).isEqualTo("tree");
    assertThat(ExchangeKind.TREE.over(Wire.BF16)).isEqualTo("tree, bf16");
    assertThat(ExchangeKind.REFERENCE.over(Wire.BF16)).isEqualTo("by reference, bf16");
  }
}
