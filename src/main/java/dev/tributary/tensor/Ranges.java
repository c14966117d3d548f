package dev.tributary.tensor;

import java.util.stream.IntStream;

/**
 * Work on an array by several threads, each at its own range of it. What treats every value by
 * itself gives the same bytes however the array is cut.
 *
 * @param threads how many at most, the caller's among them
 */
public record Ranges(int threads) {
  /** The caller alone. */
  public static final Ranges ONE = new Ranges(1);

  /** Values that are worth another thread: some 20 µs of work, as long as it takes to wake one. */
  private static final int LEAST = 1 << 16;

  /** Checks the number. */
  public Ranges {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
  }

  /** What is done with a range. */
  @FunctionalInterface
  public interface Work {
    /** Does it with the values from {@code from} to before {@code to}. */
    boolean on(int from, int to);
  }

  /**
   * Does something with all values from {@code from} to before {@code to}, and returns when all of
   * it is done.
   *
   * @return whether the work said so of each range
   */
  public boolean all(int from, int to, Work work) {
    int size = to - from;
    int parts = Math.min(threads, size / LEAST);
    if (parts <= 1) {
      return work.on(from, to);
    }
    long done =
        IntStream.range(0, parts)
            .parallel()
            .filter(p -> work.on(from + cut(size, p, parts), from + cut(size, p + 1, parts)))
            .count();
    return done == parts;
  }

  private static int cut(int size, int part, int parts) {
    return (int) ((long) size * part / parts);
  }
}
