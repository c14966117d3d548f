package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.tensor.Ranges;
import dev.tributary.tensor.Wire;
import dev.tributary.train.GradientSource;
import dev.tributary.train.GradientSum;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.NonFiniteShard;
import dev.tributary.train.Objective;
import dev.tributary.train.SentWeights;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Gradients computed by the cluster: the weights go to the tasks, each adds the gradients of its
 * partition's shards, and an exchange adds the tasks' sums. The result is, to the byte, that of
 * {@link LocalGradients}.
 */
public final class SparkGradients implements GradientSource {
  private final ShardedData data;
  private final Broadcast<GradientWorkers> workers;
  private final Exchange exchange;
  private final Wire wire;
  private final SentWeights sent;
  private final Ranges ranges;

  private SparkGradients(
      Objective objective,
      ShardedData data,
      Broadcast<GradientWorkers> workers,
      Exchange exchange,
      Ranges ranges) {
    this.ranges = ranges;
    this.wire = objective.wire();
    this.sent = new SentWeights(objective.rounded());
    this.data = data;
    this.workers = workers;
    this.exchange = exchange;
  }

  /** Over a data set's shards, by reference: for local mode alone. */
  public static SparkGradients byReference(
      JavaSparkContext spark, Objective objective, ShardedData data) {
    Broadcast<GradientWorkers> workers = spark.broadcast(new GradientWorkers(objective));
    // Those of the tasks, which wait when weights are moved.
    Ranges ranges = new Ranges(spark.defaultParallelism());
    return new SparkGradients(
        objective, data, workers, new LocalExchange(data, workers, ranges), ranges);
  }

  /**
   * The same along the tree, wherever.
   *
   * @param fanIn the most sums added at one place: a power of two of at least 2
   */
  public static SparkGradients alongTheTree(
      JavaSparkContext spark, Objective objective, ShardedData data, int fanIn) {
    Broadcast<GradientWorkers> workers = spark.broadcast(new GradientWorkers(objective));
    return new SparkGradients(
        objective,
        data,
        workers,
        new TreeExchange(spark, data, workers, objective.rounded(), fanIn),
        new Ranges(Runtime.getRuntime().availableProcessors()));
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public Ranges ranges() {
    return ranges;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    return exchange.gradient(sent.of(weights), step);
  }

  @Override
  public @Nullable NonFiniteShard findNonFinite(float[] weights, Step step) {
    return NonFiniteJob.run(data, workers, sent.of(weights), step);
  }

  @Override
  public void close() {
    exchange.close();
    workers.value().close();
    workers.destroy();
  }
}
