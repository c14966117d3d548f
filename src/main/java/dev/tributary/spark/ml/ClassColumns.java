package dev.tributary.spark.ml;

import org.apache.spark.ml.linalg.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * A classifier's columns: raw predictions, probabilities, and the class chosen; each if it is
 * wanted.
 *
 * @param outputs the network's; a single one tells two classes apart
 * @param thresholds by which probabilities are divided before the largest is chosen, if there are
 *     any
 */
@SuppressWarnings("ArrayRecordComponent") // set once, and never compared
record ClassColumns(
    int outputs,
    boolean raw,
    boolean probability,
    boolean prediction,
    double @Nullable [] thresholds)
    implements ScoreColumns {
  @Override
  public int count() {
    return (raw ? 1 : 0) + (probability ? 1 : 0) + (prediction ? 1 : 0);
  }

  @Override
  public void write(
      float[] rawOutputs, float[] probabilities, int from, @Nullable Object[] row, int at) {
    int next = at;
    double[] chances = probability || thresholds != null ? chances(probabilities, from) : null;
    if (raw) {
      row[next++] = Vectors.dense(confidences(rawOutputs, from));
    }
    if (probability && chances != null) {
      row[next++] = Vectors.dense(chances);
    }
    if (prediction) {
      row[next] =
          (double)
              (thresholds == null || chances == null
                  ? largest(confidences(rawOutputs, from))
                  : largest(scaled(chances, thresholds)));
    }
  }

  /** The class of one sample, without thresholds. */
  int chosen(PredictorPool.Outputs given) {
    return largest(confidences(given.raw(), 0));
  }

  /** Of each class: the outputs; of a single output z, −z and z. */
  double[] confidences(float[] raw, int from) {
    return outputs == 1 ? new double[] {-raw[from], raw[from]} : doubles(raw, from);
  }

  /** Of each class: the probabilities; of a single one p, 1 − p and p. */
  double[] chances(float[] probabilities, int from) {
    return outputs == 1
        ? new double[] {1.0 - probabilities[from], probabilities[from]}
        : doubles(probabilities, from);
  }

  private double[] doubles(float[] values, int from) {
    double[] own = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      own[j] = values[from + j];
    }
    return own;
  }

  /** As Spark ML does it: a threshold of 0 wins over all others. */
  private static double[] scaled(double[] probabilities, double[] thresholds) {
    double[] scaled = new double[probabilities.length];
    for (int j = 0; j < scaled.length; j++) {
      scaled[j] = thresholds[j] == 0 ? Double.POSITIVE_INFINITY : probabilities[j] / thresholds[j];
    }
    return scaled;
  }

  private static int largest(double[] values) {
    int best = 0;
    for (int j = 1; j < values.length; j++) {
      if (values[j] > values[best]) {
        best = j;
      }
    }
    return best;
  }
}
