package dev.tributary.train.metrics;

import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How yes or no does, output by output. */
public final class MultiLabel extends Evaluation {
  private static final long serialVersionUID = 1L;

  private final int outputs;
  private final float threshold;
  private final long[] found;
  private final long[] taken;
  private final long[] support;
  private final Ranking[] rankings;
  private long right;
  private long allRight;

  /** Over no samples yet. */
  MultiLabel(Loss loss, int outputs) {
    this.outputs = outputs;
    this.threshold = loss.threshold();
    this.found = new long[outputs];
    this.taken = new long[outputs];
    this.support = new long[outputs];
    this.rankings = new Ranking[outputs];
    Arrays.setAll(rankings, j -> new Ranking());
  }

  @Override
  void count(Batch batch, int i, float[] values, float[] probabilities) {
    int here = 0;
    for (int j = 0; j < outputs; j++) {
      boolean yes = batch.target(i, j, outputs) > 0.5f;
      boolean said = values[i * outputs + j] > threshold;
      found[j] += yes && said ? 1 : 0;
      taken[j] += said ? 1 : 0;
      support[j] += yes ? 1 : 0;
      here += yes == said ? 1 : 0;
      rankings[j].count(values[i * outputs + j], yes);
    }
    right += here;
    allRight += here == outputs ? 1 : 0;
  }

  @Override
  public Evaluation add(Evaluation other) {
    MultiLabel that = (MultiLabel) other;
    for (int j = 0; j < outputs; j++) {
      found[j] += that.found[j];
      taken[j] += that.taken[j];
      support[j] += that.support[j];
      rankings[j].add(that.rankings[j]);
    }
    right += that.right;
    allRight += that.allRight;
    return super.add(other);
  }

  @Override
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>(headline());
    metrics.put("label_accuracy", (double) right / samples() / outputs);
    metrics.put("macro_f1", macroF1());
    metrics.put("roc_auc", mean(Ranking::rocArea));
    metrics.put("pr_auc", mean(Ranking::precisionRecallArea));
    return metrics;
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("micro_f1", microF1());
    metrics.put("exact_match", (double) allRight / samples());
    metrics.put("loss", loss());
    return metrics;
  }

  /** Outputs that say yes or no. */
  public int outputs() {
    return outputs;
  }

  /** Samples for which output j should say yes. */
  public long support(int j) {
    return support[j];
  }

  /** Of the samples for which output j says yes, the share for which it should. */
  public double precision(int j) {
    return (double) found[j] / taken[j];
  }

  /** Of the samples for which output j should say yes, the share for which it does. */
  public double recall(int j) {
    return (double) found[j] / support[j];
  }

  /** The harmonic mean of precision and recall. */
  public double f1(int j) {
    return 2.0 * found[j] / (taken[j] + support[j]);
  }

  /** The area under output j's ROC curve. */
  public double rocArea(int j) {
    return rankings[j].rocArea();
  }

  private double macroF1() {
    double sum = 0;
    int occurring = 0;
    for (int j = 0; j < outputs; j++) {
      sum += support[j] > 0 ? f1(j) : 0;
      occurring += support[j] > 0 ? 1 : 0;
    }
    return sum / occurring;
  }

  /** F1 of all yes and no together. */
  private double microF1() {
    return 2.0
        * Arrays.stream(found).sum()
        / (Arrays.stream(taken).sum() + Arrays.stream(support).sum());
  }

  /** Over the outputs for which it is a number. */
  private double mean(ToDoubleFunction<Ranking> area) {
    return Arrays.stream(rankings)
        .mapToDouble(area)
        .filter(a -> !Double.isNaN(a))
        .average()
        .orElse(Double.NaN);
  }
}
