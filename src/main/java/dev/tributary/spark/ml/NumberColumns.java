package dev.tributary.spark.ml;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.util.SchemaUtils;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A regression's column: a number, or a vector of several.
 *
 * @param outputs the network's
 */
record NumberColumns(int outputs) implements ScoreColumns {
  @Override
  public int count() {
    return 1;
  }

  @Override
  public void write(float[] raw, float[] probabilities, int from, @Nullable Object[] row, int at) {
    row[at] = outputs == 1 ? (Object) (double) raw[from] : Vectors.dense(values(raw, from));
  }

  /** The numbers of one sample. */
  double[] values(float[] raw, int from) {
    double[] values = new double[outputs];
    for (int j = 0; j < outputs; j++) {
      values[j] = raw[from + j];
    }
    return values;
  }

  /**
   * What several numbers make of a schema: a vector more.
   *
   * @param label the column of vectors to predict; null where it is not looked at
   */
  static StructType schema(
      StructType schema, String features, @Nullable String label, String prediction) {
    SchemaChecks.vectors(schema, features, false);
    if (label != null) {
      SchemaChecks.vectors(schema, label, true);
    }
    return SchemaUtils.appendColumn(schema, prediction, SQLDataTypes.VectorType(), false);
  }
}
