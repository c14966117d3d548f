package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.tensor.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which exchange a run takes. */
final class ExchangeKindTest {
  private static final double TEN_GIGABIT = 1.25e9;

  @ParameterizedTest
  @CsvSource({
    "auto, true, 1, 25000000, true, REFERENCE",
    "auto, false, 2, 25000000, true, SLICES",
    "auto, false, 2, 25000000, false, TREE",
    "auto, false, 1, 25000000, true, TREE",
    "auto, false, 2, 99999, true, TREE",
    "auto, false, 2, 100000, true, SLICES",
    "tree, true, 1, 25000000, true, TREE",
    "tree, false, 2, 25000000, true, TREE",
    "slices, true, 1, 10, true, SLICES",
    "slices, false, 1, 10, true, SLICES",
  })
  void isChosenBySizes(
      String asked,
      boolean isLocal,
      int executors,
      long weights,
      boolean isByPart,
      ExchangeKind expected) {
    assertThat(ExchangeKind.of(asked, isLocal, executors, weights, isByPart)).isEqualTo(expected);
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
    assertThat(many).isBetween(1.9 * two - 10, 2 * two);
    assertThat(tree).isGreaterThan(2 * two);
    assertThat(manyOnTheTree).isGreaterThan(2 * tree);
    assertThat(ExchangeKind.SLICES.milliseconds(bytes, 2, 4, 8, 1.25e8))
        .as("on 1 Gbit/s")
        .isGreaterThan(5 * two);
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
