package dev.tributary.spark;

import dev.tributary.job.Job;
import dev.tributary.spark.slices.SlicedDescent;
import dev.tributary.train.Descent;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import org.apache.spark.api.java.JavaSparkContext;

/** The descent that a job's {@code train.exchange} says, and what it holds. */
public final class SparkDescent implements AutoCloseable {
  private final ExchangeKind kind;
  private final Descent descent;
  private final AutoCloseable held;

  private SparkDescent(ExchangeKind kind, Descent descent, AutoCloseable held) {
    this.kind = kind;
    this.descent = descent;
    this.held = held;
  }

  /** Over a data set's shards, from the network's initial values. */
  public static SparkDescent open(
      JavaSparkContext spark, Objective objective, ShardedData data, Job.Training how) {
    ExchangeKind kind =
        ExchangeKind.of(how.exchange(), spark.isLocal(), how.plan().optimizer().isByPart());
    if (kind == ExchangeKind.SLICES) {
      Descent sliced = new SlicedDescent(spark, objective, data, how.plan(), how.fanIn());
      return new SparkDescent(kind, sliced, sliced);
    }
    SparkGradients gradients =
        kind == ExchangeKind.TREE
            ? SparkGradients.alongTheTree(spark, objective, data, how.fanIn())
            : SparkGradients.byReference(spark, objective, data);
    return new SparkDescent(
        kind,
        new PlainDescent(gradients, objective.network(), how.plan(), objective.seed()),
        gradients);
  }

  /** How weights go out and gradients come together. */
  public ExchangeKind kind() {
    return kind;
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
