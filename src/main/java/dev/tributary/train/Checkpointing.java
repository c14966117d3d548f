package dev.tributary.train;

import java.util.concurrent.CompletableFuture;

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
        public void save(CompletableFuture<Snapshot> snapshot, boolean isBest) {}

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
   * @param snapshot which may come while the training goes on, and at the latest with its end; or
   *     fails with what has lost it
   * @param isBest whether it is of the best evaluation so far
   */
  void save(CompletableFuture<Snapshot> snapshot, boolean isBest);

  /** Whether the run shall end after the step that it is making. */
  boolean isStopRequested();
}
