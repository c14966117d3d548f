package dev.tributary.spark;

import dev.tributary.job.Job;
import dev.tributary.spark.slices.SlicedDescent;
import dev.tributary.train.Descent;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The descent that a job's {@code train.exchange} says, and what it holds. */
public final class SparkDescent implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SparkDescent.class);

  private final Descent descent;
  private final AutoCloseable held;

  private SparkDescent(Descent descent, AutoCloseable held) {
    this.descent = descent;
    this.held = held;
  }

  /** Over a data set's shards, from the network's initial values. */
  public static SparkDescent open(
      JavaSparkContext spark, Objective objective, ShardedData data, Job.Training how) {
    int values = objective.network().valueCount();
    ExchangeKind kind =
        ExchangeKind.of(
            how.exchange(),
            spark.isLocal(),
            executors(spark),
            values,
            how.plan().optimizer().isByPart());
    LOG.info("exchange: {}, of {} values", kind, values);
    if (kind == ExchangeKind.SLICES) {
      Descent sliced = new SlicedDescent(spark, objective, data, how.plan(), how.fanIn());
      return new SparkDescent(sliced, sliced);
    }
    SparkGradients gradients =
        kind == ExchangeKind.TREE
            ? SparkGradients.alongTheTree(spark, objective, data, how.fanIn())
            : SparkGradients.byReference(spark, objective, data);
    return new SparkDescent(
        new PlainDescent(gradients, objective.network(), how.plan(), objective.seed()), gradients);
  }

  /** Executors at present, the driver not counted. */
  private static int executors(JavaSparkContext spark) {
    return Math.max(1, spark.sc().statusTracker().getExecutorInfos().length - 1);
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
