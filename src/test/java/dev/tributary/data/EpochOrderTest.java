package dev.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every sample once an epoch, in an order that follows from its name alone. */
final class EpochOrderTest {
  /** A chunk of the largest samples has 16, so a window 1024. */
  private static final int LARGE = 1 << 20;

  @ParameterizedTest
  @CsvSource({"1", "1023", "1024", "1025", "1040", "2048", "5000", "16384", "16385", "70001"})
  void everySampleOnce(int count) {
    for (int epoch = 0; epoch < 3; epoch++) {
      EpochOrder order = new EpochOrder(count, LARGE, 7, 2);
      BitSet seen = new BitSet(count);
      for (int i = 0; i < count; i++) {
        seen.set(order.sampleAt(epoch, i));
      }
      assertThat(seen.cardinality()).isEqualTo(count);
      assertThat(seen.length()).isEqualTo(count);
    }
  }

  @Test
  void anyPositionCanBeAskedForAtAnyTime() {
    EpochOrder forward = new EpochOrder(5000, LARGE, 7, 2);
    EpochOrder other = new EpochOrder(5000, LARGE, 7, 2);
    for (int i = 0; i < 5000; i += 7) {
      int position = (i * 31) % 5000;
      assertThat(other.sampleAt(i % 2, position))
          .isEqualTo(forward.sampleAt(i % 2, position))
          .isEqualTo(new EpochOrder(5000, LARGE, 7, 2).sampleAt(i % 2, position));
    }
  }

  /** Neighbours in the order of hashes are seldom neighbours in an epoch, and epochs differ. */
  @Test
  void shuffles() {
    EpochOrder order = new EpochOrder(16384, LARGE, 7, 2);
    int neighbours = 0;
    int same = 0;
    double distance = 0;
    for (int i = 1; i < 16384; i++) {
      int sample = order.sampleAt(0, i);
      neighbours += sample == order.sampleAt(0, i - 1) + 1 ? 1 : 0;
      same += sample == order.sampleAt(1, i) ? 1 : 0;
      distance += Math.abs(sample - order.sampleAt(0, i - 1));
    }
    assertThat(neighbours).isLessThan(60);
    assertThat(same).isLessThan(20);
    // A third of the whole for independent places.
    assertThat(distance / 16383).isBetween(16384 * 0.30, 16384 * 0.36);
  }

  /** What a mapped file must have at hand: a window's samples lie in few chunks. */
  @Test
  void aWindowIsFewRunsOfNeighbours() {
    EpochOrder order = new EpochOrder(70001, LARGE, 7, 2);
    BitSet chunks = new BitSet();
    for (int i = 2048; i < 3072 - 16; i++) {
      chunks.set(order.sampleAt(0, i) / 16);
    }
    assertThat(chunks.cardinality()).isLessThanOrEqualTo(65);
  }
}
