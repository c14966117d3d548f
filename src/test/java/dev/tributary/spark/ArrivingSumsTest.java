package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.train.GradientSum;
import dev.tributary.train.TestSums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the order of arrival, the tree's sum. */
final class ArrivingSumsTest {
  private static final int WEIGHTS = 300;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 64})
  void addsAlongTheTreeInAnyOrder(int count) {
    GradientSum expected = GradientSum.fold(sums(count));
    for (int seed = 0; seed < 20; seed++) {
      GradientSum[] leaves = sums(count);
      ArrivingSums arriving = new ArrivingSums(count);
      for (int place : shuffled(count, seed)) {
        arriving.apply(place, leaves[place]);
      }
      GradientSum root = arriving.root();
      assertThat(root.gradient()).as("seed %d", seed).containsExactly(expected.gradient());
      assertThat(root.loss()).isEqualTo(expected.loss());
      assertThat(root.weight()).isEqualTo(expected.weight());
      assertThat(root.samples()).isEqualTo(expected.samples());
    }
  }

  @Test
  void holdsNoMoreThanWhatWaits() {
    GradientSum[] leaves = sums(16);
    ArrivingSums arriving = new ArrivingSums(16);
    int most = 0;
    for (int place = 0; place < 16; place++) {
      arriving.add(place, leaves[place]);
      most = Math.max(most, arriving.held());
    }
    assertThat(most).isEqualTo(4);
    assertThat(arriving.held()).isEqualTo(1);
  }

  @Test
  void hasNoSumBeforeAllHaveArrived() {
    ArrivingSums arriving = new ArrivingSums(4);
    arriving.add(0, sums(1)[0]);
    assertThatThrownBy(arriving::root)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("only some of the 4 partitions' sums have arrived");
  }

  /** Of sizes so unlike that no other order of adding gives the same bits; every fifth is empty. */
  private static GradientSum[] sums(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> TestSums.of(WEIGHTS, i, i % 5 == 4 ? 0 : 1))
        .toArray(GradientSum[]::new);
  }

  private static List<Integer> shuffled(int count, int seed) {
    List<Integer> places = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(places, new Random(seed));
    return places;
  }
}
