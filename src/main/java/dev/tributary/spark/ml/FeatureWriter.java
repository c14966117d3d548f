package dev.tributary.spark.ml;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SparseVector;
import org.jspecify.annotations.Nullable;

/**
 * Writes a row's features into a batch, by the rules by which training read them; a sparse vector
 * becomes dense there alone.
 *
 * @param column its name, for messages
 * @param size numbers that the model reads
 * @param filled the places where a missing value (NaN) is no fault, as preparation puts a number
 *     there
 */
record FeatureWriter(String column, int size, BitSet filled) implements Serializable {
  /**
   * Writes to {@code to[at … at + size)}.
   *
   * @param features a vector, dense or sparse, or a Scala sequence of numbers
   * @throws BadRowException if they are no sample
   */
  void write(@Nullable Object features, float[] to, int at) throws BadRowException {
    if (features instanceof DenseVector dense) {
      dense(dense.values(), to, at);
    } else if (features instanceof SparseVector sparse) {
      sparse(sparse, to, at);
    } else if (features instanceof scala.collection.Seq<?> numbers) {
      sequence(numbers, to, at);
    } else if (features == null) {
      throw new BadRowException(Kind.MISSING_VALUE, "column " + column + " is null");
    } else {
      throw new BadRowException(
          Kind.WRONG_TYPE,
          String.format(
              "column %s is a %s; features are a Spark ML vector, or an array of numbers",
              column, features.getClass().getSimpleName()));
    }
  }

  private void dense(double[] values, float[] to, int at) throws BadRowException {
    check(values.length);
    for (int j = 0; j < size; j++) {
      float value = (float) values[j] + 0f;
      if (!Float.isFinite(value)) {
        notFinite(values[j], j);
      }
      to[at + j] = value;
    }
  }

  private void sparse(SparseVector vector, float[] to, int at) throws BadRowException {
    check(vector.size());
    Arrays.fill(to, at, at + size, 0f);
    int[] indices = vector.indices();
    double[] values = vector.values();
    for (int k = 0; k < indices.length; k++) {
      float value = (float) values[k] + 0f;
      if (!Float.isFinite(value)) {
        notFinite(values[k], indices[k]);
      }
      to[at + indices[k]] = value;
    }
  }

  private void sequence(scala.collection.Seq<?> numbers, float[] to, int at)
      throws BadRowException {
    check(numbers.size());
    for (int j = 0; j < size; j++) {
      if (!(numbers.apply(j) instanceof Number number)) {
        throw new BadRowException(
            Kind.WRONG_TYPE, "column " + column + " is not a number at place " + j);
      }
      float value = number.floatValue() + 0f;
      if (!Float.isFinite(value)) {
        notFinite(number.doubleValue(), j);
      }
      to[at + j] = value;
    }
  }

  private void check(int found) throws BadRowException {
    if (found != size) {
      throw new BadRowException(
          Kind.WRONG_LENGTH,
          String.format("column %s holds %d numbers, but the model reads %d", column, found, size));
    }
  }

  private void notFinite(double value, int place) throws BadRowException {
    if (!Double.isNaN(value) || !filled.get(place)) {
      throw new BadRowException(
          Kind.NOT_FINITE,
          String.format("column %s is %s at place %d, not a finite float32", column, value, place));
    }
  }
}
