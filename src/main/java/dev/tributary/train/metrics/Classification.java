package dev.tributary.train.metrics;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a choice of one class does. */
public final class Classification extends Evaluation {
  private static final long serialVersionUID = 1L;

  /** A label counts as found near the top if fewer outputs than this are larger than its own. */
  public static final int TOP = 5;

  private final int outputs;
  private final int classes;
  private final float threshold;
  private final boolean givesProbabilities;
  private final long[] confusion;
  private final Ranking ranking = new Ranking();
  private long nearTop;
  private double logLoss;

  /** Over no samples yet. */
  Classification(Loss loss, int outputs) {
    this.outputs = outputs;
    this.classes = Math.max(2, outputs);
    this.threshold = loss.threshold();
    this.givesProbabilities = loss.givesProbabilities();
    this.confusion = new long[Math.multiplyExact(classes, classes)];
  }

  /** The class that a sample's outputs say: the largest; of one alone, 1 above the threshold. */
  public static int decide(float[] values, int from, int outputs, float threshold) {
    return outputs == 1
        ? (values[from] > threshold ? 1 : 0)
        : largest(j -> values[from + j], outputs);
  }

  private interface Values {
    float at(int j);
  }

  /** The place of the largest of some values, the first of equals. */
  private static int largest(Values values, int count) {
    int best = 0;
    for (int j = 1; j < count; j++) {
      if (values.at(j) > values.at(best)) {
        best = j;
      }
    }
    return best;
  }

  private int actual(Batch batch, int i) {
    if (batch.hasLabels()) {
      return batch.labels()[i];
    }
    return outputs == 1
        ? (batch.target(i, 0, 1) > 0.5f ? 1 : 0)
        : largest(j -> batch.target(i, j, outputs), outputs);
  }

  @Override
  void count(Batch batch, int i, float[] values, float[] probabilities) {
    int from = i * outputs;
    int actual = actual(batch, i);
    int larger = 0;
    for (int j = 0; j < outputs && outputs > 1; j++) {
      larger += values[from + j] > values[from + actual] ? 1 : 0;
    }
    confusion[actual * classes + decide(values, from, outputs, threshold)]++;
    nearTop += larger < TOP ? 1 : 0;
    if (classes == 2) {
      float score = outputs == 1 ? values[from] : values[from + 1] - values[from];
      ranking.count(score, actual == 1);
    }
    if (givesProbabilities) {
      double p = outputs == 1 ? probabilities[from] : probabilities[from + actual];
      logLoss -= Math.log(Math.max(Float.MIN_NORMAL, outputs == 1 && actual == 0 ? 1 - p : p));
    }
  }

  @Override
  public Evaluation add(Evaluation other) {
    Classification that = (Classification) other;
    Arrays.setAll(confusion, i -> confusion[i] + that.confusion[i]);
    ranking.add(that.ranking);
    nearTop += that.nearTop;
    logLoss += that.logLoss;
    return super.add(other);
  }

  @Override
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>(headline());
    if (givesProbabilities) {
      metrics.put("log_loss", logLoss());
    }
    metrics.put("macro_f1", macroF1());
    if (classes > TOP) {
      metrics.put("top_5_accuracy", topAccuracy());
    }
    if (classes == 2) {
      metrics.put("roc_auc", ranking.rocArea());
      metrics.put("pr_auc", ranking.precisionRecallArea());
    }
    return metrics;
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("accuracy", accuracy());
    metrics.put("loss", loss());
    return metrics;
  }

  /** Classes that are told apart. */
  public int classes() {
    return classes;
  }

  /** Samples of class {@code actual} that were taken for {@code predicted}. */
  public long confused(int actual, int predicted) {
    return confusion[actual * classes + predicted];
  }

  /** Samples whose class was found. */
  public long correct() {
    long correct = 0;
    for (int c = 0; c < classes; c++) {
      correct += confused(c, c);
    }
    return correct;
  }

  /** The share of samples whose class was found. */
  public double accuracy() {
    return (double) correct() / samples();
  }

  /** The share of samples whose class has one of the {@link #TOP} largest outputs. */
  public double topAccuracy() {
    return (double) nearTop / samples();
  }

  /**
   * The mean of {@code −log p}, p being the probability given to the sample's class, in nats: the
   * plain cross-entropy, whatever weights and smoothing the loss has.
   */
  public double logLoss() {
    return logLoss / samples();
  }

  /** Samples of a class. */
  public long support(int c) {
    long support = 0;
    for (int predicted = 0; predicted < classes; predicted++) {
      support += confused(c, predicted);
    }
    return support;
  }

  private long taken(int c) {
    long taken = 0;
    for (int actual = 0; actual < classes; actual++) {
      taken += confused(actual, c);
    }
    return taken;
  }

  /** Of the samples taken for a class, the share that is of it; NaN if none was. */
  public double precision(int c) {
    return (double) confused(c, c) / taken(c);
  }

  /** Of the samples of a class, the share that was found; NaN if there are none. */
  public double recall(int c) {
    return (double) confused(c, c) / support(c);
  }

  /** The harmonic mean of precision and recall: {@code 2 found / (taken + support)}. */
  public double f1(int c) {
    return 2.0 * confused(c, c) / (taken(c) + support(c));
  }

  /** The mean F1 of the classes that occur. */
  public double macroF1() {
    double sum = 0;
    int occurring = 0;
    for (int c = 0; c < classes; c++) {
      if (support(c) > 0) {
        sum += f1(c);
        occurring++;
      }
    }
    return sum / occurring;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Classification that
        && samples() == that.samples()
        && nearTop == that.nearTop
        && Double.compare(loss(), that.loss()) == 0
        && Double.compare(logLoss, that.logLoss) == 0
        && ranking.equals(that.ranking)
        && Arrays.equals(confusion, that.confusion);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(confusion) * 31 + Double.hashCode(logLoss);
  }
}
