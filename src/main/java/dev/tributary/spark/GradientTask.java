package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSum;
import dev.tributary.train.ShardGradients;
import java.util.ArrayList;
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
    List<Shard> shards = new ArrayList<>();
    partition.forEachRemaining(shards::add);
    GradientWorkers pool = workers.value();
    ShardGradients worker = pool.borrow();
    // Spark serialises the sum after this task has returned; the worker keeps its hands off it
    // until
    // the next step, which begins when every result of this one has arrived.
    GradientSum sum = worker.sum(weights.value().values(), shards, step);
    pool.giveBack(worker);
    return List.of(sum).iterator();
  }
}
