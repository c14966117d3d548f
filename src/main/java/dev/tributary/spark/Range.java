package dev.tributary.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples {@code from … to − 1} of a source.
 *
 * @param from the first
 * @param to one past the last
 */
record Range(long from, long to) implements Serializable {
  /** Samples read at once: what bounds a task's memory. */
  private static final int BLOCK = 4096;

  /** {@code 0 … count − 1}, cut into ranges whose lengths differ by one at most. */
  static List<Range> cut(long count, int ranges) {
    List<Range> cut = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      cut.add(new Range(count * i / ranges, count * (i + 1) / ranges));
    }
    return cut;
  }

  /** Samples in it. */
  long count() {
    return to - from;
  }

  /** This range in blocks small enough to hold, in order. */
  List<Range> blocks() {
    return cut(count(), (int) ((count() + BLOCK - 1) / BLOCK)).stream()
        .map(r -> new Range(from + r.from, from + r.to))
        .toList();
  }
}
