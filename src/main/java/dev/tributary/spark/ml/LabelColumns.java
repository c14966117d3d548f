package dev.tributary.spark.ml;

import org.apache.spark.ml.linalg.Vectors;
import org.jspecify.annotations.Nullable;

/**
 * A multi-label model's columns, vectors with a number for each label; each if it is wanted.
 *
 * @param labels how many
 * @param threshold the probability above which a label is predicted
 */
record LabelColumns(
    int labels, boolean raw, boolean probability, boolean prediction, double threshold)
    implements ScoreColumns {
  @Override
  public int count() {
    return (raw ? 1 : 0) + (probability ? 1 : 0) + (prediction ? 1 : 0);
  }

  @Override
  public void write(
      float[] logits, float[] probabilities, int from, @Nullable Object[] row, int at) {
    int next = at;
    if (raw) {
      row[next++] = Vectors.dense(doubles(logits, from));
    }
    if (probability) {
      row[next++] = Vectors.dense(doubles(probabilities, from));
    }
    if (prediction) {
      row[next] = Vectors.dense(said(probabilities, from));
    }
  }

  /** 1 for each label that is predicted, 0 for the others. */
  double[] said(float[] probabilities, int from) {
    double[] said = doubles(probabilities, from);
    for (int j = 0; j < labels; j++) {
      said[j] = said[j] > threshold ? 1 : 0;
    }
    return said;
  }

  private double[] doubles(float[] values, int from) {
    double[] own = new double[labels];
    for (int j = 0; j < labels; j++) {
      own[j] = values[from + j];
    }
    return own;
  }
}
