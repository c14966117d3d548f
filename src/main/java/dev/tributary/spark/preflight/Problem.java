package dev.tributary.spark.preflight;

import java.io.Serializable;

/**
 * Something that would go wrong in a run.
 *
 * @param kind how bad it is
 * @param what what it is about: {@code driver memory}
 * @param found how it is here
 * @param needed how it should be
 * @param remedy what to set
 */
public record Problem(Kind kind, String what, String found, String needed, String remedy)
    implements Serializable {
  /** How bad a problem is. */
  public enum Kind {
    /** The run would be slower, or worse, than it could be; or may fail. */
    WARNING,
    /** The run would fail. */
    ERROR,
    /** The data is bad, so that the run would fail. */
    BAD_DATA
  }

  /** Whether the run would fail. */
  public boolean isFatal() {
    return kind != Kind.WARNING;
  }
}
