package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Where driver and tasks of one JVM meet. */
final class LocalRoundsTest {
  @Test
  void aRoundIsThereUntilItEnds() {
    float[] weights = {1, 2};
    long one = LocalRounds.begin(weights, 3);
    long two = LocalRounds.begin(weights, 1);
    assertThat(one).isNotEqualTo(two);
    assertThat(LocalRounds.get(one).weights()).isSameAs(weights);
    assertThat(LocalRounds.get(one).sums()).hasSize(3);
    LocalRounds.end(one);
    assertThatThrownBy(() -> LocalRounds.get(one))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this task's step is over, or is not of this JVM");
    assertThat(LocalRounds.get(two).sums()).hasSize(1);
    LocalRounds.end(two);
  }
}
