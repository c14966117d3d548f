package dev.tributary.nn;

/** A sample holds a value that a layer cannot read; the message tells which and what to do. */
public final class InputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InputException(String message) {
    super(message);
  }
}
