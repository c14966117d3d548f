package dev.tributary.job;

/**
 * A job file, or a key given on the command line, that cannot be run. The message names the file,
 * line and key, what was found, what was expected and what to do.
 */
public final class JobException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With this message. */
  public JobException(String message) {
    super(message);
  }

  /** With this message, and what it came from. */
  public JobException(String message, Throwable cause) {
    super(message, cause);
  }
}
