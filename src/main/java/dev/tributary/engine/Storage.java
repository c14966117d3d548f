package dev.tributary.engine;

/** What a buffer is for, which tells an engine how it may hold it. */
public enum Storage {
  /** Float32, as it is. */
  EXACT,
  /**
   * Float32, and a factor of products: an engine of lower precision may keep a rounded copy beside
   * it. {@link Buffer#put} alone may write it.
   */
  FACTOR,
  /**
   * What layers pass to each other, and what is but a factor of products: an engine of lower
   * precision may hold it rounded.
   */
  ROUNDED
}
