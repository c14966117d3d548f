package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.StabilityIndex;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How a data set is distributed, as counts: each feature in {@link #BINS} bins over [0, 1]
 * (pixels), the labels, and the classes that a model takes the samples for.
 *
 * @param features how many
 * @param classes how many
 * @param counts feature by feature, then labels, then predictions
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of counts, never compared
public record Distributions(int features, int classes, long[] counts) {
  /** For each feature. */
  public static final int BINS = 10;

  /** Of a source, predicted by a model. */
  public static Distributions of(
      JavaSparkContext spark, SampleSource source, Objective objective, float[] weights) {
    int features = source.schema().shape().size();
    int classes = Math.max(2, objective.network().output().size());
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      // Whole numbers: the order of their sum does not matter.
      long[] counts =
          Failures.ofData(
              () ->
                  source
                      .read(spark, spark.defaultParallelism())
                      .mapPartitions(b -> count(b, features, classes, objective, sent.value()))
                      .treeReduce(Distributions::add));
      return new Distributions(features, classes, counts);
    } finally {
      sent.destroy();
    }
  }

  private static Iterator<long[]> count(
      Iterator<Samples> blocks, int features, int classes, Objective objective, FloatBlock block) {
    long[] counts = new long[features * BINS + 2 * classes];
    float[] sample = new float[features];
    try (Predictor predictor = new Predictor(objective, block.values())) {
      while (blocks.hasNext()) {
        Samples samples = blocks.next();
        int[] predicted = ModelComparison.classes(predictor, objective, samples);
        for (int i = 0; i < samples.count(); i++) {
          samples.write(i, sample, 0);
          for (int f = 0; f < features; f++) {
            int bin = (int) (sample[f] * BINS);
            counts[f * BINS + Math.max(0, Math.min(BINS - 1, bin))]++;
          }
          counts[features * BINS + samples.label(i)]++;
          counts[features * BINS + classes + predicted[i]]++;
        }
      }
    }
    return List.of(counts).iterator();
  }

  private static long[] add(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  /** The stability index of each feature, from this to a newer one. */
  public double[] featuresTo(Distributions now) {
    double[] indices = new double[features];
    for (int f = 0; f < features; f++) {
      indices[f] = StabilityIndex.of(counts, now.counts, f * BINS, BINS);
    }
    return indices;
  }

  /** The stability index of the labels. */
  public double labelsTo(Distributions now) {
    return StabilityIndex.of(counts, now.counts, features * BINS, classes);
  }

  /** The stability index of the model's predictions. */
  public double predictionsTo(Distributions now) {
    return StabilityIndex.of(counts, now.counts, features * BINS + classes, classes);
  }

  /** The share of the samples that the model takes for a class. */
  public double predicted(int c) {
    return share(features * BINS + classes, c);
  }

  /** The share of the samples that are of a class. */
  public double labelled(int c) {
    return share(features * BINS, c);
  }

  private double share(int from, int c) {
    long total = 0;
    for (int i = from; i < from + classes; i++) {
      total += counts[i];
    }
    return (double) counts[from + c] / total;
  }
}
