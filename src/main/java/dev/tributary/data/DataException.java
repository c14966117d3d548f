package dev.tributary.data;

/**
 * The data is not what it should be. The message names the file and place, what was found, what was
 * expected and what to do.
 */
public final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With this message. */
  public DataException(String message) {
    super(message);
  }

  /** With this message, and what it came from. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
