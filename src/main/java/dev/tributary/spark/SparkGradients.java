package dev.tributary.spark;

import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSource;
import dev.tributary.train.GradientSum;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Gradients computed by the cluster: the weights are broadcast, each task adds the gradients of its
 * partition's shards, and the exchange adds the tasks' sums. The result is, to the byte, that of
 * {@link LocalGradients}.
 */
public final class SparkGradients implements GradientSource {
  private final JavaSparkContext spark;
  private final ShardedData data;
  private final TreeExchange exchange;
  private final Broadcast<GradientWorkers> workers;

  /**
   * Over a data set's shards.
   *
   * @param fanIn the most sums added at one place: a power of two of at least 2
   */
  public SparkGradients(JavaSparkContext spark, Objective objective, ShardedData data, int fanIn) {
    this.spark = spark;
    this.data = data;
    this.exchange = new TreeExchange(fanIn);
    this.workers = spark.broadcast(new GradientWorkers(objective));
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      GradientTask task = new GradientTask(workers, sent, step);
      JavaRDD<GradientSum> sums = data.shards().mapPartitions(task, true);
      return Failures.ofData(() -> exchange.add(sums));
    } finally {
      sent.destroy();
    }
  }

  @Override
  public void close() {
    workers.value().close();
    workers.destroy();
  }
}
