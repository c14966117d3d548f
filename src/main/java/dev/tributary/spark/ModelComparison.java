package dev.tributary.spark;

import dev.tributary.data.SampleSet;
import dev.tributary.data.Shard;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Classification;
import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/** How a model does sample by sample, in the order of the shards, so that two can be compared. */
public final class ModelComparison {
  private ModelComparison() {}

  /** What judges one sample. */
  @FunctionalInterface
  private interface Judge extends java.io.Serializable {
    /** Of sample i, the k-th of those in {@code predictions}. */
    double of(SampleSet samples, int i, float[] predictions, int k);
  }

  /**
   * For each sample whether the model is right: finds its class, or says yes to all its labels and
   * no to all others.
   */
  public static boolean[] right(
      JavaSparkContext spark, ShardedData data, Objective objective, float[] weights) {
    boolean classes = Predictor.task(objective, data.schema()) == Task.CLASSES;
    int outputs = objective.network().output().size();
    Judge judge =
        classes
            ? (s, i, y, k) ->
                Classification.decide(y, k * outputs, outputs, 0.5f) == label(s, i, outputs) ? 1 : 0
            : (s, i, y, k) -> hasAll(s, i, y, k * outputs, outputs) ? 1 : 0;
    double[] marks = judge(spark, data, objective, weights, judge);
    boolean[] right = new boolean[marks.length];
    for (int i = 0; i < right.length; i++) {
      right[i] = marks[i] > 0;
    }
    return right;
  }

  /**
   * For each sample the loss of the model's prediction, unweighted.
   *
   * @param loss by which models are judged, which need not be the one this one was trained by
   */
  public static double[] losses(
      JavaSparkContext spark, ShardedData data, Objective objective, float[] weights, Loss loss) {
    int outputs = objective.network().output().size();
    return judge(
        spark, data, objective, weights, (s, i, y, k) -> loss(loss, s, i, y, k * outputs, outputs));
  }

  private static double loss(
      Loss loss, SampleSet samples, int i, float[] y, int from, int outputs) {
    Batch one = new Batch(samples.shape());
    one.resize(1);
    if (samples.schema().targets() > 0) {
      samples.writeTargets(i, one.targets(outputs), 0);
    } else {
      one.labels()[0] = samples.label(i);
    }
    double[] prediction = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      prediction[j] = y[from + j];
    }
    return loss.evaluate(one, outputs, prediction, new double[outputs]);
  }

  private static boolean hasAll(SampleSet samples, int i, float[] y, int from, int outputs) {
    for (int j = 0; j < outputs; j++) {
      if (y[from + j] > 0.5f != samples.target(i, j) > 0.5f) {
        return false;
      }
    }
    return true;
  }

  /** A sample's class, which a single output may have as a number. */
  static int label(SampleSet samples, int i, int outputs) {
    int targets = samples.schema().targets();
    if (targets == 0) {
      return samples.label(i);
    }
    if (outputs == 1) {
      return samples.target(i, 0) > 0.5f ? 1 : 0;
    }
    int most = 0;
    for (int j = 1; j < outputs; j++) {
      most = samples.target(i, j) > samples.target(i, most) ? j : most;
    }
    return most;
  }

  private static double[] judge(
      JavaSparkContext spark, ShardedData data, Objective objective, float[] weights, Judge judge) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      List<Tuple2<Integer, double[]>> parts =
          Failures.ofData(
              () ->
                  new ArrayList<>(
                      data.shards()
                          .mapPartitions(s -> judge(s, objective, sent.value().values(), judge))
                          .collect()));
      parts.sort((a, b) -> Integer.compare(a._1(), b._1()));
      return parts.stream().flatMapToDouble(p -> Arrays.stream(p._2())).toArray();
    } finally {
      sent.destroy();
    }
  }

  private static Iterator<Tuple2<Integer, double[]>> judge(
      Iterator<Shard> shards, Objective objective, float[] weights, Judge judge) {
    List<Tuple2<Integer, double[]>> judged = new ArrayList<>();
    try (Predictor predictor = new Predictor(objective, weights)) {
      while (shards.hasNext()) {
        Shard shard = shards.next();
        SampleSet samples = shard.samples();
        double[] marks = new double[samples.count()];
        for (int from = 0; from < marks.length; from += Predictor.BATCH) {
          int n = Math.min(Predictor.BATCH, marks.length - from);
          float[] y = predictor.predict(samples, from, n);
          for (int k = 0; k < n; k++) {
            marks[from + k] = judge.of(samples, from + k, y, k);
          }
        }
        judged.add(new Tuple2<>(shard.index(), marks));
      }
    }
    return judged.iterator();
  }
}
