package dev.tributary.engine;

/**
 * A block of float32 owned by an {@link Engine}: on the heap, or native, as the engine likes.
 * Values pass in and out by copying, since an engine's memory need not be Java's.
 */
public interface Buffer {
  /** Number of values. */
  int size();

  /** The values {@code [offset, offset + size)} of this buffer, sharing its memory. */
  Buffer slice(int offset, int size);

  /** Copies {@code count} values from {@code source[from…]} to the start of this buffer. */
  void put(float[] source, int from, int count);

  /** Copies the first {@code count} values of this buffer to {@code target[to…]}. */
  void get(float[] target, int to, int count);

  /** Adds the first {@code count} values of this buffer to {@code target[to…]}, in place. */
  void addTo(float[] target, int to, int count);
}
