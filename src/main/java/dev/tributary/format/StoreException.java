package dev.tributary.format;

/** A model store cannot do what it was asked. The message says why and what to do. */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With this message. */
  public StoreException(String message) {
    super(message);
  }
}
