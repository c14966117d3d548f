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
public record Range(long from, long to) implements Serializable {
  /** Samples read at once, and bytes of them: what bounds a task's memory. */
  private static final int BLOCK = 4096;

  private static final int BLOCK_BYTES = 16 << 20;

  /** {@code 0 … count − 1}, cut into ranges whose lengths differ by one at most. */
  public static List<Range> cut(long count, int ranges) {
    List<Range> cut = new ArrayList<>();
    for (int i = 0; i < ranges; i++) {
      cut.add(new Range(count * i / ranges, count * (i + 1) / ranges));
    }
    return cut;
  }

  /** Samples in it. */
  public long count() {
    return to - from;
  }

  /** Samples of so many bytes that a block may hold. */
  public static int block(int sampleBytes) {
    return Math.max(1, Math.min(BLOCK, BLOCK_BYTES / Math.max(1, sampleBytes)));
  }

  /** This range in blocks small enough to hold, in order. */
  public List<Range> blocks(int sampleBytes) {
    int block = block(sampleBytes);
    return cut(count(), Math.toIntExact((count() + block - 1) / block)).stream()
        .map(r -> new Range(from + r.from, from + r.to))
        .toList();
  }
}
