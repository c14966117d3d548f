package dev.tributary.format;

/**
 * Another process holds the lease of a store. What was asked may be asked again when it is done.
 */
public final class LeaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With this message. */
  public LeaseException(String message) {
    super(message);
  }
}
