package dev.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every value is in one range, and few values are not shared out. */
final class RangesTest {
  private record Range(int from, int to) {}

  private static List<Range> cut(int threads, int from, int to) {
    List<Range> ranges = new ArrayList<>();
    new Ranges(threads)
        .all(
            from,
            to,
            (a, b) -> {
              synchronized (ranges) {
                ranges.add(new Range(a, b));
              }
              return true;
            });
    ranges.sort(Comparator.comparingInt(Range::from));
    return ranges;
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1000000, 1", "4, 5, 1000006, 4", "4, 0, 140000, 2", "64, 3, 100, 1"})
  void coversAllOnce(int threads, int from, int to, int parts) {
    List<Range> ranges = cut(threads, from, to);
    assertThat(ranges).hasSize(parts);
    int next = from;
    for (Range range : ranges) {
      assertThat(range.from()).isEqualTo(next);
      assertThat(range.to()).isGreaterThan(range.from());
      next = range.to();
    }
    assertThat(next).isEqualTo(to);
  }

  @Test
  void oneBadRangeIsEnough() {
    Ranges ranges = new Ranges(3);
    assertThat(ranges.all(0, 1_000_000, (from, to) -> true)).isTrue();
    assertThat(ranges.all(0, 1_000_000, (from, to) -> from > 0)).isFalse();
    assertThat(ranges.all(0, 1_000_000, (from, to) -> to < 1_000_000)).isFalse();
    assertThat(ranges.all(7, 7, (from, to) -> true)).isTrue();
  }

  @Test
  void someoneHasToDoIt() {
    assertThatThrownBy(() -> new Ranges(0)).hasMessage("threads must be at least 1, not 0");
  }
}
