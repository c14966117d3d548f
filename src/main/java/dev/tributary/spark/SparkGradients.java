package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.train.GradientSource;
import dev.tributary.train.GradientSum;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.NonFiniteShard;
import dev.tributary.train.Objective;
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

  private SparkGradients(ShardedData data, Broadcast<GradientWorkers> workers, Exchange exchange) {
    this.data = data;
    this.workers = workers;
    this.exchange = exchange;
  }

  /** Over a data set's shards, by reference: for local mode alone. */
  public static SparkGradients byReference(
      JavaSparkContext spark, Objective objective, ShardedData data) {
    Broadcast<GradientWorkers> workers = spark.broadcast(new GradientWorkers(objective));
    return new SparkGradients(data, workers, new LocalExchange(data, workers));
  }

  /**
   * The same along the tree, wherever.
   *
   * @param fanIn the most sums added at one place: a power of two of at least 2
   */
  public static SparkGradients alongTheTree(
      JavaSparkContext spark, Objective objective, ShardedData data, int fanIn) {
    Broadcast<GradientWorkers> workers = spark.broadcast(new GradientWorkers(objective));
    return new SparkGradients(data, workers, new TreeExchange(spark, data, workers, fanIn));
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    return exchange.gradient(weights, step);
  }

  @Override
  public @Nullable NonFiniteShard findNonFinite(float[] weights, Step step) {
    return NonFiniteJob.run(data, workers, weights, step);
  }

  @Override
  public void close() {
    exchange.close();
    workers.value().close();
    workers.destroy();
  }
}
