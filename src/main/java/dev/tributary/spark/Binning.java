package dev.tributary.spark;

import dev.tributary.data.Samples;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Bins of features and of numbers to predict: tenths of [0, 1] for pixels; else as many samples in
 * each as can be, ten of them, by the quantiles of a sample; and one for what is missing.
 *
 * @param features for each feature the upper ends of its bins but the last, in order
 * @param answers the same for each number to predict; empty where classes are
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record Binning(float[][] features, float[][] answers) implements Serializable {
  /** Bins of a feature, or of a number to predict. */
  static final int BINS = 11;

  private static final int VALUES = BINS - 1;
  private static final int MISSING = VALUES;

  /** Samples whose quantiles are taken, at most, and what they may hold together. */
  private static final int SAMPLES = 20_000;

  private static final int SAMPLED_VALUES = 2_000_000;
  private static final long SEED = 0x62696e73;

  /**
   * Of a source; the same on any cluster.
   *
   * @param count its samples
   */
  static Binning of(JavaSparkContext spark, SampleSource source, long count) {
    int features = source.schema().shape().size();
    int targets = source.schema().targets();
    if (source.schema().pixels()) {
      float[] tenths = new float[VALUES - 1];
      for (int k = 1; k < VALUES; k++) {
        tenths[k - 1] = (float) k / VALUES;
      }
      float[][] all = new float[features][];
      Arrays.fill(all, tenths);
      if (targets == 0) {
        return new Binning(all, new float[0][]);
      }
      return new Binning(all, quantiles(sample(spark, source, count), targets, true));
    }
    List<Samples> sample = sample(spark, source, count);
    return new Binning(quantiles(sample, features, false), quantiles(sample, targets, true));
  }

  /** Chosen by content, so that no cluster has others. */
  private static List<Samples> sample(JavaSparkContext spark, SampleSource source, long count) {
    int each = source.schema().shape().size() + source.schema().targets();
    double most = Math.max(200, Math.min(SAMPLES, SAMPLED_VALUES / each));
    double share = Math.min(1, most / Math.max(1, count));
    return Failures.ofData(
        () ->
            source
                .read(spark, spark.defaultParallelism())
                .map(block -> share == 1 ? block : block.part(0, share, SEED))
                .collect());
  }

  private static float[][] quantiles(List<Samples> blocks, int columns, boolean ofTargets) {
    int rows = blocks.stream().mapToInt(Samples::count).sum();
    float[][] values = new float[columns][rows];
    int row = 0;
    for (Samples block : blocks) {
      float[] sample = new float[columns];
      for (int i = 0; i < block.count(); i++, row++) {
        if (ofTargets) {
          block.writeTargets(i, sample, 0);
        } else {
          block.write(i, sample, 0);
        }
        for (int c = 0; c < columns; c++) {
          values[c][row] = sample[c];
        }
      }
    }
    float[][] ends = new float[columns][];
    for (int c = 0; c < columns; c++) {
      ends[c] = ends(values[c]);
    }
    return ends;
  }

  /** The tenths' quantiles; where many samples have one value, bins stay empty. */
  private static float[] ends(float[] values) {
    Arrays.sort(values);
    int there = values.length;
    // Java sorts NaN behind all numbers.
    while (there > 0 && Float.isNaN(values[there - 1])) {
      there--;
    }
    float[] ends = new float[VALUES - 1];
    for (int k = 1; k < VALUES && there > 0; k++) {
      ends[k - 1] = values[(int) ((long) k * there / VALUES)];
    }
    return ends;
  }

  /** The bin of a feature's value. */
  int feature(int f, float value) {
    return bin(features[f], value);
  }

  /** The bin of a number to predict. */
  int answer(int j, float value) {
    return bin(answers[j], value);
  }

  private static int bin(float[] ends, float value) {
    if (Float.isNaN(value)) {
      return MISSING;
    }
    int bin = 0;
    while (bin < ends.length && value >= ends[bin]) {
      bin++;
    }
    return bin;
  }
}
