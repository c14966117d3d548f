package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pieces cover all values once, are no larger than they should be, and are shared evenly. */
final class SlicePlanTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "3, 3, 4",
    "3, 5, 4",
    "25000, 25100, 2",
    "2500000, 2500000, 3",
    "100000000, 100001024, 2",
    "25000000, 25000000, 100",
    "1048577, 1048578, 1"
  })
  void cutsEvenly(int parameters, int values, int seats) {
    List<Integer> cuts = SlicePlan.cut(parameters, values, seats);
    assertThat(cuts.get(0)).isZero();
    assertThat(cuts).contains(parameters).endsWith(values).isSorted().doesNotHaveDuplicates();
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (int i = 1; i < cuts.size() && cuts.get(i) <= parameters; i++) {
      least = Math.min(least, cuts.get(i) - cuts.get(i - 1));
      most = Math.max(most, cuts.get(i) - cuts.get(i - 1));
    }
    assertThat(most).isLessThanOrEqualTo(1 << 20);
    assertThat(most - least).isLessThanOrEqualTo(1);
    int pieces = cuts.indexOf(parameters);
    assertThat(pieces >= seats ? pieces % seats : 0).as("pieces for each").isZero();
  }

  @Test
  void anExecutorWithoutAPieceIsFine() {
    assertThat(SlicePlan.cut(2, 2, 4)).containsExactly(0, 1, 2);
  }
}
