package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.augment.Augmenter;
import dev.tributary.nn.Batch;

/**
 * Makes a shard's part of a mini-batch as the network reads it, gathered, augmented and prepared:
 * by one thread that keeps its buffers. A function of (step, shard) alone.
 */
final class BatchMaker {
  private final Objective objective;
  private final Augmenter augmenter;

  BatchMaker(Objective objective) {
    this.objective = objective;
    this.augmenter = new Augmenter(objective.augmentation(), objective.seed());
  }

  void make(Batch batch, Shard shard, Step step) {
    shard.fill(batch, step);
    augmenter.alter(batch, shard, step);
    objective.preparation().apply(batch.features(), batch.n());
    augmenter.mix(batch, shard, step, objective.network().output().size());
  }
}
