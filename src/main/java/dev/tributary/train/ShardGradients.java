package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Execution;
import dev.tributary.nn.NonFinite;
import dev.tributary.nn.NonFiniteSearch;
import dev.tributary.nn.Pass;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of shards, added along the fixed binary tree, by one thread that keeps its buffers.
 *
 * <p>Floating-point addition is not associative, so the order is part of the result. With shards 0
 * … S − 1, S a power of two, as leaves, {@code node(k, level) = node(2k, level − 1) + node(2k + 1,
 * level − 1)}; a node without samples is left out. A run of 2^l shards that starts at a multiple of
 * 2^l is a node of level l, whoever computes it, and the nodes of all partitions are added in the
 * same shape.
 *
 * <p>Where the objective's wire rounds, each node is rounded after its addition, leaves too.
 *
 * <p>Each leaf is one forward and backward of its own, so it is a function of (weights, step,
 * shard) alone.
 */
public final class ShardGradients implements AutoCloseable {
  private final Objective objective;
  private final Execution execution;
  private final BatchMaker maker;
  private final @Nullable BatchesAhead ahead;
  private final Batch own;
  private final Deque<GradientSum> free = new ArrayDeque<>();
  private final List<GradientSum> given = new ArrayList<>();
  private long givenFor = -1;

  /** Opens an engine for the calling thread, which makes its batches itself. */
  public ShardGradients(Objective objective) {
    this(objective, null);
  }

  /**
   * Opens an engine for the calling thread.
   *
   * @param ahead has other threads make batches; shared with others of the same objective and data
   */
  public ShardGradients(Objective objective, @Nullable BatchesAhead ahead) {
    this.objective = objective;
    this.execution = objective.open();
    this.maker = new BatchMaker(objective);
    this.ahead = ahead;
    this.own = new Batch(objective.network().input());
  }

  /**
   * The node above an aligned run of shards.
   *
   * @param weights as they are computed with: rounded as the wire rounds ({@link SentWeights})
   * @param shards the run, in the order of their numbers: a power of two of them
   * @return valid until a call for another step; over no samples if the shards give none to this
   *     one
   */
  public GradientSum sum(float[] weights, List<Shard> shards, Step step) {
    if (step.number() != givenFor) {
      free.addAll(given);
      given.clear();
      givenFor = step.number();
    }
    if (ahead != null) {
      ahead.beginWhileComputing(shards, step);
    }
    execution.load(weights);
    GradientSum node = node(shards, step);
    GradientSum sum = node == null ? fresh() : node;
    given.add(sum);
    if (ahead != null) {
      ahead.beginWhileExchanging(shards, step);
    }
    return sum;
  }

  /**
   * Looks for what is not finite in some shards' parts of a step, shard by shard and in each layer
   * by layer: the first that is found, or null.
   */
  public @Nullable NonFiniteShard findNonFinite(float[] weights, List<Shard> shards, Step step) {
    execution.load(weights);
    for (Shard shard : shards) {
      if (shard.part(step) == 0) {
        continue;
      }
      maker.make(own, shard, step);
      Pass pass = Pass.training(objective.seed(), step.number(), shard.index());
      NonFinite where =
          NonFiniteSearch.in(execution, weights, own, objective.loss(), pass).orElse(null);
      if (where != null) {
        return NonFiniteShard.of(shard, step, where);
      }
    }
    return null;
  }

  private @Nullable GradientSum node(List<Shard> shards, Step step) {
    int n = shards.size();
    if (n == 1) {
      return shards.get(0).part(step) == 0 ? null : leaf(shards.get(0), step, fresh());
    }
    GradientSum left = node(shards.subList(0, n / 2), step);
    // A leaf that is rounded by itself cannot be added as it is made.
    if (n == 2 && left != null && objective.rounded() == 0) {
      return leaf(shards.get(1), step, left);
    }
    GradientSum right = node(shards.subList(n / 2, n), step);
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    left.add(right);
    free.push(right);
    return left;
  }

  /** One shard's gradient, added to what {@code sum} holds. */
  private GradientSum leaf(Shard shard, Step step, GradientSum sum) {
    if (shard.part(step) == 0) {
      return sum;
    }
    Batch made = ahead == null ? null : ahead.take(shard, step);
    if (made == null) {
      maker.make(own, shard, step);
    }
    Batch batch = made == null ? own : made;
    Pass pass = Pass.training(objective.seed(), step.number(), shard.index());
    double loss;
    try {
      loss = execution.lossAndGradient(batch, objective.loss(), pass);
    } catch (RuntimeException e) {
      throw ShardException.of(shard, step, culprit(shard, step, pass), e);
    }
    int values = objective.network().valueCount();
    if (sum.samples() == 0) {
      execution.gradient().get(sum.gradient(), 0, values);
      sum.round();
    } else {
      execution.gradient().addTo(sum.gradient(), 0, values);
    }
    sum.addScalars(loss, objective.loss().weight(batch), batch.n());
    if (ahead != null && made != null) {
      ahead.giveBack(made);
    }
    return sum;
  }

  /** The first sample of a part that fails by itself; −1 if none does. */
  private int culprit(Shard shard, Step step, Pass pass) {
    for (int i = 0; i < shard.part(step); i++) {
      shard.fill(own, shard.sample(step, i), 1);
      try {
        objective.preparation().apply(own.features(), own.n());
        execution.lossAndGradient(own, objective.loss(), pass);
      } catch (RuntimeException e) {
        return i;
      }
    }
    return -1;
  }

  private GradientSum fresh() {
    GradientSum sum = free.poll();
    if (sum == null) {
      return new GradientSum(objective.network().valueCount(), objective.rounded());
    }
    sum.clear();
    return sum;
  }

  @Override
  public void close() {
    execution.close();
  }
}
