package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradients computed in this thread, one shard after the other: the oracle for every other source.
 */
public final class LocalGradients implements GradientSource {
  private final List<Shard> shards;
  private final ShardGradients gradients;
  private final SentWeights sent;
  private final Wire wire;

  /**
   * Over all of a data set's shards.
   *
   * @param shards in the order of their numbers: a power of two of them
   */
  public LocalGradients(Objective objective, List<Shard> shards) {
    this.shards = List.copyOf(shards);
    this.gradients = new ShardGradients(objective);
    this.sent = new SentWeights(objective.rounded());
    this.wire = objective.wire();
  }

  @Override
  public long samples() {
    return shards.stream().mapToLong(shard -> shard.samples().count()).sum();
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    return gradients.sum(sent.of(weights), shards, step);
  }

  @Override
  public @Nullable NonFiniteShard findNonFinite(float[] weights, Step step) {
    return gradients.findNonFinite(sent.of(weights), shards, step);
  }

  @Override
  public void close() {
    gradients.close();
  }
}
