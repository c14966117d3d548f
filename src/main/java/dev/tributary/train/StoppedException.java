package dev.tributary.train;

/** A run ended before its last step because somebody asked for it. Its last step was saved. */
public final class StoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long steps;

  StoppedException(long steps, long all) {
    super(
        String.format(
            "stopped on request after step %,d of %,d; train --resume with its run directory goes on",
            steps, all));
    this.steps = steps;
  }

  /** Steps made. */
  public long steps() {
    return steps;
  }
}
