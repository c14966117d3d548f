package dev.tributary.train;

/** Who keeps snapshots of a run, and says when. */
public interface Checkpointing {
  /** Keeps none, and lets a run go on to its end. */
  Checkpointing NONE =
      new Checkpointing() {
        @Override
        public boolean isDue(TrainedStep step) {
          return false;
        }

        @Override
        public void save(Snapshot snapshot, boolean isBest) {}

        @Override
        public boolean isStopRequested() {
          return false;
        }
      };

  /** Whether it is time to save after this step. */
  boolean isDue(TrainedStep step);

  /** Whether the best so far is saved too, when an evaluation finds one. */
  default boolean keepsBest() {
    return false;
  }

  /**
   * Takes a snapshot and returns soon: whatever is slow happens behind the training.
   *
   * @param isBest whether it is of the best evaluation so far
   */
  void save(Snapshot snapshot, boolean isBest);

  /** Whether the run shall end after the step that it is making. */
  boolean isStopRequested();
}
