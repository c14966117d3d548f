package dev.tributary.spark.slices;

/** Executors that took part are gone, or do not reach each other: a new plan is needed. */
final class InterruptedExchangeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InterruptedExchangeException(String message) {
    super(message);
  }
}
