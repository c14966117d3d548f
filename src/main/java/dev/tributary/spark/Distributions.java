package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Classification;
import dev.tributary.train.metrics.StabilityIndex;
import dev.tributary.train.metrics.Task;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * How a data set is distributed, as counts: each feature, each answer, and each of a model's
 * predictions, in bins. An answer is a class, whose bins are the classes; or each of the numbers to
 * predict.
 *
 * @param features how many
 * @param classes whether the answer is a class
 * @param answers how many: 1 of classes, else one for each output
 * @param answerBins bins of an answer
 * @param counts feature by feature, then answer by answer, then prediction by prediction
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of counts, never compared
public record Distributions(
    int features, boolean classes, int answers, int answerBins, long[] counts)
    implements Serializable {
  /** Of a source, predicted by a model. */
  public static Distributions of(
      JavaSparkContext spark,
      SampleSource source,
      Objective objective,
      float[] weights,
      Binning bins) {
    int features = source.schema().shape().size();
    int outputs = objective.network().output().size();
    Task task = Predictor.task(objective, source.schema());
    boolean classes = task == Task.CLASSES;
    Distributions empty =
        new Distributions(
            features,
            classes,
            classes ? 1 : outputs,
            classes ? Math.max(2, outputs) : Binning.BINS,
            new long[0]);
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      // Whole numbers: the order of their sum does not matter.
      long[] counts =
          Failures.ofData(
              () ->
                  source
                      .read(spark, spark.defaultParallelism())
                      .mapPartitions(b -> empty.count(b, task, bins, objective, sent.value()))
                      .treeReduce(Distributions::add));
      return empty.with(counts);
    } finally {
      sent.destroy();
    }
  }

  private Distributions with(long[] all) {
    return new Distributions(features, classes, answers, answerBins, all);
  }

  private Iterator<long[]> count(
      Iterator<Samples> blocks, Task task, Binning bins, Objective objective, FloatBlock block) {
    long[] all = new long[predictionAt(answers)];
    int outputs = objective.network().output().size();
    float[] sample = new float[features];
    try (Predictor predictor = new Predictor(objective, block.values())) {
      while (blocks.hasNext()) {
        Samples samples = blocks.next();
        for (int from = 0; from < samples.count(); from += Predictor.BATCH) {
          int n = Math.min(Predictor.BATCH, samples.count() - from);
          float[] y = predictor.predict(samples, from, n);
          for (int k = 0; k < n; k++) {
            int i = from + k;
            samples.write(i, sample, 0);
            for (int f = 0; f < features; f++) {
              all[f * Binning.BINS + bins.feature(f, sample[f])]++;
            }
            if (task == Task.CLASSES) {
              all[answerAt(0) + ModelComparison.label(samples, i, outputs)]++;
              all[predictionAt(0) + Classification.decide(y, k * outputs, outputs, 0.5f)]++;
              continue;
            }
            for (int j = 0; j < outputs; j++) {
              all[answerAt(j) + bins.answer(j, samples.target(i, j))]++;
              float said = y[k * outputs + j];
              float answer = task == Task.LABELS ? (said > 0.5f ? 1 : 0) : said;
              all[predictionAt(j) + bins.answer(j, answer)]++;
            }
          }
        }
      }
    }
    return List.of(all).iterator();
  }

  private static long[] add(long[] a, long[] b) {
    long[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private int answerAt(int answer) {
    return features * Binning.BINS + answer * answerBins;
  }

  private int predictionAt(int answer) {
    return answerAt(answers) + answer * answerBins;
  }

  /** The stability index of each feature, from this to a newer one. */
  public double[] featuresTo(Distributions now) {
    double[] indices = new double[features];
    for (int f = 0; f < features; f++) {
      indices[f] = StabilityIndex.of(counts, now.counts, f * Binning.BINS, Binning.BINS);
    }
    return indices;
  }

  /** The stability index of each answer. */
  public double[] answersTo(Distributions now) {
    return indices(now, answerAt(0));
  }

  /** The stability index of each of the model's predictions. */
  public double[] predictionsTo(Distributions now) {
    return indices(now, predictionAt(0));
  }

  private double[] indices(Distributions now, int from) {
    double[] indices = new double[answers];
    for (int j = 0; j < answers; j++) {
      indices[j] = StabilityIndex.of(counts, now.counts, from + j * answerBins, answerBins);
    }
    return indices;
  }

  /** The shares of a feature's bins. */
  public double[] feature(int f) {
    return shares(f * Binning.BINS, Binning.BINS);
  }

  /** The shares of an answer's bins. */
  public double[] answer(int j) {
    return shares(answerAt(j), answerBins);
  }

  /** The shares of the bins of what the model predicts for an answer. */
  public double[] prediction(int j) {
    return shares(predictionAt(j), answerBins);
  }

  private double[] shares(int from, int bins) {
    double total = 0;
    for (int i = from; i < from + bins; i++) {
      total += counts[i];
    }
    double[] shares = new double[bins];
    for (int i = 0; i < bins; i++) {
      shares[i] = counts[from + i] / total;
    }
    return shares;
  }
}
