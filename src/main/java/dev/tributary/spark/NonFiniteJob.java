package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.NonFiniteShard;
import java.util.Iterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/** Looks for what is not finite in a step on one partition's shards: at most one finding. */
final class NonFiniteJob implements FlatMapFunction<Iterator<Shard>, NonFiniteShard> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<GradientWorkers> workers;
  private final Broadcast<FloatBlock> weights;
  private final Step step;

  private NonFiniteJob(
      Broadcast<GradientWorkers> workers, Broadcast<FloatBlock> weights, Step step) {
    this.workers = workers;
    this.weights = weights;
    this.step = step;
  }

  /** Looks on all shards; the first one's finding, or null. */
  static @Nullable NonFiniteShard run(
      ShardedData data, Broadcast<GradientWorkers> workers, float[] weights, Step step) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.shards().context());
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      NonFiniteJob job = new NonFiniteJob(workers, sent, step);
      return Failures.ofData(() -> data.shards().mapPartitions(job).collect()).stream()
          .findFirst()
          .orElse(null);
    } finally {
      sent.destroy();
    }
  }

  @Override
  public Iterator<NonFiniteShard> call(Iterator<Shard> partition) {
    return workers.value().findNonFinite(weights.value().values(), partition, step);
  }
}
