package dev.tributary.spark.pack;

/** Told how a pass over the data goes. Called by Spark's listener thread, so it must be quick. */
public interface PackObserver {
  /** Nobody looks. */
  PackObserver NONE = (phase, rows, bytes, share) -> {};

  /** What a pass does. */
  enum Phase {
    /** Reads the source and divides it among shards. */
    READ,
    /** Orders the shards' samples and writes them. */
    WRITE
  }

  /** A pass over a source begins. */
  default void begun(String source) {}

  /** It is over. */
  default void ended() {}

  /**
   * A pass has come so far.
   *
   * @param rows of the phase that are done
   * @param bytes of them as they are packed
   * @param share of the phase that is done, in [0, 1]
   */
  void progressed(Phase phase, long rows, long bytes, double share);
}
