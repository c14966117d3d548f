package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.GradientSum;
import java.io.Serializable;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * What one task does in one step: the node above its partition's shards. It carries two broadcasts
 * and a step, and nothing of the driver's.
 *
 * <p>A class and not a lambda, since Spark searches lambdas for what they hold, in every job.
 */
final class GradientTask extends AbstractFunction1<Iterator<Shard>, GradientSum>
    implements Serializable {
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
  public GradientSum apply(Iterator<Shard> partition) {
    return workers
        .value()
        .sum(weights.value().values(), CollectionConverters.asJava(partition), step);
  }
}
