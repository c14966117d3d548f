package dev.tributary.data;

/** A row that cannot become a sample. Thrown for each, so without a stack trace. */
public final class BadRowException extends Exception {
  private static final long serialVersionUID = 1L;

  private final BadRows.Kind kind;

  /** Of this kind; the message says what was found in which column, and what was expected. */
  public BadRowException(BadRows.Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** What is wrong. */
  public BadRows.Kind kind() {
    return kind;
  }
}
