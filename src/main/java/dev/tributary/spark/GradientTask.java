package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSum;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;

/**
 * What one task does in one step: the node above its partition's shards. It carries two broadcasts
 * and a step, and nothing of the driver's.
 */
final class GradientTask implements FlatMapFunction<Iterator<Shard>, GradientSum> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<GradientWorkers> workers;
  private final Broadcast<FloatBlock> weights;
  private final Step step;

  GradientTask(Broadcast<GradientWorkers> workers, Broadcast<FloatBlock> weights, Step step) {
    this.workers = workers;
    this.weights = weights;
    this.step = step;
  }

  @Override
  public Iterator<GradientSum> call(Iterator<Shard> partition) {
    GradientSum sum = workers.value().sum(weights.value().values(), partition, step);
    return List.of(sum).iterator();
  }
}
