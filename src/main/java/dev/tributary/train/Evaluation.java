package dev.tributary.train;

import java.io.Serializable;
import java.util.Arrays;

/**
 * How a classifier does on labelled data, as sums over samples: counts, which are exact in any
 * order, and the loss, which is added in the order of the shards.
 */
public final class Evaluation implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A label counts as found near the top if fewer outputs than this are larger than its own. */
  public static final int TOP = 5;

  private final int classes;
  private final long[] confusion;
  private long samples;
  private long nearTop;
  private double weight;
  private double lossSum;

  /** Over no samples yet, of this many classes. */
  public Evaluation(int classes) {
    this.classes = classes;
    this.confusion = new long[Math.multiplyExact(classes, classes)];
  }

  /** Counts a sample. */
  void count(int actual, int predicted, boolean isNearTop) {
    samples++;
    confusion[actual * classes + predicted]++;
    nearTop += isNearTop ? 1 : 0;
  }

  /** Adds some samples' loss, and what a mean divides it by. */
  void addLoss(double addedLoss, double addedWeight) {
    lossSum += addedLoss;
    weight += addedWeight;
  }

  /** Adds another evaluation, of the same classes, to this one. */
  public Evaluation add(Evaluation other) {
    samples += other.samples;
    nearTop += other.nearTop;
    weight += other.weight;
    lossSum += other.lossSum;
    Arrays.setAll(confusion, i -> confusion[i] + other.confusion[i]);
    return this;
  }

  /** Classes that are told apart. */
  public int classes() {
    return classes;
  }

  /** How many samples. */
  public long samples() {
    return samples;
  }

  /** The mean loss. */
  public double loss() {
    return lossSum / weight;
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
    return (double) correct() / samples;
  }

  /** The share of samples whose class has one of the {@link #TOP} largest outputs. */
  public double topAccuracy() {
    return (double) nearTop / samples;
  }

  /** Samples of a class. */
  public long support(int c) {
    long support = 0;
    for (int predicted = 0; predicted < classes; predicted++) {
      support += confused(c, predicted);
    }
    return support;
  }

  /** Of the samples taken for a class, the share that is of it; NaN if none was. */
  public double precision(int c) {
    long taken = 0;
    for (int actual = 0; actual < classes; actual++) {
      taken += confused(actual, c);
    }
    return (double) confused(c, c) / taken;
  }

  /** Of the samples of a class, the share that was found; NaN if there are none. */
  public double recall(int c) {
    return (double) confused(c, c) / support(c);
  }

  /** The harmonic mean of precision and recall: {@code 2 found / (taken + support)}. */
  public double f1(int c) {
    long taken = 0;
    for (int actual = 0; actual < classes; actual++) {
      taken += confused(actual, c);
    }
    return 2.0 * confused(c, c) / (taken + support(c));
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
    return other instanceof Evaluation that
        && samples == that.samples
        && nearTop == that.nearTop
        && Double.compare(weight, that.weight) == 0
        && Double.compare(lossSum, that.lossSum) == 0
        && Arrays.equals(confusion, that.confusion);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(confusion) * 31 + Double.hashCode(lossSum);
  }

  @Override
  public String toString() {
    return samples + " samples, accuracy " + accuracy() + ", loss " + loss();
  }
}
