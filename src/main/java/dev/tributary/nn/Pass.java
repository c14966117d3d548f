package dev.tributary.nn;

/**
 * What a forward pass is for, and what its randomness is keyed by: the same keys give the same
 * bits, on any machine and however often a task is retried.
 *
 * @param training whether random layers act
 * @param seed the run's seed
 * @param step the step's number from the start of the run
 * @param shard the shard whose samples these are
 */
public record Pass(boolean training, long seed, long step, int shard) {
  /** Prediction and evaluation: nothing is random. */
  public static final Pass INFERENCE = new Pass(false, 0, 0, 0);

  /** A training pass over one shard's part of one step's mini-batch. */
  public static Pass training(long seed, long step, int shard) {
    return new Pass(true, seed, step, shard);
  }
}
