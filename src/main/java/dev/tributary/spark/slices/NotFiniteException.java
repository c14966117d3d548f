package dev.tributary.spark.slices;

/** A step's gradient, or what it led to, is not finite. */
final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ofTheStepBefore;

  /** Of the step that was asked for, or of the one before, as executors found when they moved. */
  NotFiniteException(boolean ofTheStepBefore) {
    super("a step is not finite");
    this.ofTheStepBefore = ofTheStepBefore;
  }

  boolean isOfTheStepBefore() {
    return ofTheStepBefore;
  }
}
