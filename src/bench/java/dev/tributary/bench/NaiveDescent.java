package dev.tributary.bench;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.ShardedData;
import dev.tributary.train.Descent;
import dev.tributary.train.GradientSum;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.Trainer;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The yardstick: what most write first. A broadcast of the weights as a {@code float[]}, and {@code
 * treeAggregate} of a {@code float[]} for the gradient, whose last elements are loss and samples.
 */
final class NaiveDescent implements Descent {
  private static final int SCALARS = 2;

  private final JavaSparkContext spark;
  private final ShardedData data;
  private final Trainer.Plan plan;
  private final Broadcast<GradientWorkers> workers;
  private final int parameters;
  private final State state;

  NaiveDescent(JavaSparkContext spark, Objective objective, ShardedData data, Trainer.Plan plan) {
    this.spark = spark;
    this.data = data;
    this.plan = plan;
    this.workers = spark.broadcast(new GradientWorkers(objective));
    this.parameters = objective.network().parameterCount();
    this.state = PlainDescent.initial(objective.network(), plan, objective.seed());
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public Sums step(Step step, double rate) {
    Broadcast<float[]> weights = spark.broadcast(state.values());
    Broadcast<GradientWorkers> borrowed = workers;
    float[] sum =
        data.shards()
            .treeAggregate(
                new float[parameters + SCALARS],
                (all, shard) -> add(all, borrowed.value(), weights.value(), shard, step),
                NaiveDescent::plus,
                2);
    weights.destroy();
    float samples = sum[parameters + 1];
    float[] mean = new float[parameters];
    for (int i = 0; i < parameters; i++) {
      mean[i] = sum[i] / samples;
    }
    plan.optimizer()
        .step(state.values(), mean, state.slots(), plan.tensors(), rate, step.number() + 1);
    return new Sums((long) samples, samples, sum[parameters]);
  }

  private static float[] add(
      float[] all, GradientWorkers workers, float[] weights, Shard shard, Step step) {
    GradientSum one = workers.sum(weights, List.of(shard).iterator(), step);
    float[] gradient = one.gradient();
    for (int i = 0; i < gradient.length; i++) {
      all[i] += gradient[i];
    }
    all[gradient.length] += (float) one.loss();
    all[gradient.length + 1] += one.samples();
    return all;
  }

  private static float[] plus(float[] one, float[] other) {
    for (int i = 0; i < one.length; i++) {
      one[i] += other[i];
    }
    return one;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void moveTo(State there) {
    throw new UnsupportedOperationException("a bench begins at the beginning");
  }

  @Override
  public void close() {
    workers.value().close();
    workers.destroy();
  }
}
