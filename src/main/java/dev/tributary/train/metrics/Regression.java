package dev.tributary.train.metrics;

import dev.tributary.nn.Batch;
import java.util.LinkedHashMap;
import java.util.Map;

/** How predicted numbers do. */
public final class Regression extends Evaluation {
  private static final long serialVersionUID = 1L;

  private final int outputs;
  private final double[] squared;
  private final double[] absolute;

  /** The targets' means and sums of squares around them, output by output. */
  private final double[] mean;

  private final double[] spread;
  private long counted;

  /** Over no samples yet. */
  Regression(int outputs) {
    this.outputs = outputs;
    this.squared = new double[outputs];
    this.absolute = new double[outputs];
    this.mean = new double[outputs];
    this.spread = new double[outputs];
  }

  /** Welford's update of mean and spread. */
  @Override
  void count(Batch batch, int i, float[] values, float[] probabilities) {
    counted++;
    for (int j = 0; j < outputs; j++) {
      double target = batch.target(i, j, outputs);
      double error = values[i * outputs + j] - target;
      squared[j] += error * error;
      absolute[j] += Math.abs(error);
      double away = target - mean[j];
      mean[j] += away / counted;
      spread[j] += away * (target - mean[j]);
    }
  }

  /** Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm", 1979, equation 2.1. */
  @Override
  public Evaluation add(Evaluation other) {
    Regression that = (Regression) other;
    long both = counted + that.counted;
    for (int j = 0; j < outputs && that.counted > 0; j++) {
      squared[j] += that.squared[j];
      absolute[j] += that.absolute[j];
      double away = that.mean[j] - mean[j];
      spread[j] += that.spread[j] + away * away * ((double) counted * that.counted / both);
      mean[j] += away * that.counted / both;
    }
    counted = both;
    return super.add(other);
  }

  @Override
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>(headline());
    metrics.put("mae", sum(absolute) / counted / outputs);
    return metrics;
  }

  @Override
  public Map<String, Double> headline() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("rmse", Math.sqrt(sum(squared) / counted / outputs));
    metrics.put("r2", r2());
    metrics.put("loss", loss());
    return metrics;
  }

  /** {@code 1 − Σ (y − t)² / Σ (t − mean t)²}, averaged over the outputs; 1 is perfect. */
  private double r2() {
    double sum = 0;
    for (int j = 0; j < outputs; j++) {
      sum += 1 - squared[j] / spread[j];
    }
    return sum / outputs;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
