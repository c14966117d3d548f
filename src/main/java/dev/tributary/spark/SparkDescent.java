package dev.tributary.spark;

import dev.tributary.job.Job;
import dev.tributary.spark.slices.SlicedDescent;
import dev.tributary.train.Descent;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import org.apache.spark.api.java.JavaSparkContext;

/** The descent that a job's {@code train.exchange} says, and what it holds. */
public final class SparkDescent implements AutoCloseable {
  private final Descent descent;
  private final AutoCloseable held;

  private SparkDescent(Descent descent, AutoCloseable held) {
    this.descent = descent;
    this.held = held;
  }

  /** Over a data set's shards, from the network's initial values. */
  public static SparkDescent open(
      JavaSparkContext spark, Objective objective, ShardedData data, Job.Training how) {
    if (how.exchange().equals("slices")) {
      Descent sliced = new SlicedDescent(spark, objective, data, how.plan(), how.fanIn());
      return new SparkDescent(sliced, sliced);
    }
    SparkGradients gradients =
        how.exchange().equals("tree")
            ? SparkGradients.alongTheTree(spark, objective, data, how.fanIn())
            : SparkGradients.open(spark, objective, data, how.fanIn());
    return new SparkDescent(
        new PlainDescent(gradients, objective.network(), how.plan(), objective.seed()), gradients);
  }

  /** Who makes the steps. */
  public Descent descent() {
    return descent;
  }

  @Override
  public void close() {
    try {
      held.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
