package dev.tributary.engine.onednn;

import dev.tributary.engine.NormSize;

/**
 * Means and variances as oneDNN has them, (mean…, variance…), against the statistics of the SPI,
 * which hold {@code 1 / √(variance + ε)}. They are few beside the values they are of, so they are
 * converted on the heap, in double precision.
 */
final class Moments {
  private final Context context;
  private NativeBuffer buffer;
  private float[] from = new float[0];
  private float[] to = new float[0];

  Moments(Context context) {
    this.context = context;
    this.buffer = context.allocate(0);
  }

  /** Room for the means of {@code count} rows or columns, and behind them their variances. */
  NativeBuffer buffer(int count) {
    if (buffer.size() < 2 * count) {
      buffer = context.allocate(2 * count);
    }
    return buffer;
  }

  private void reserve(int values) {
    if (from.length < values) {
      from = new float[values];
      to = new float[values];
    }
  }

  /** To (mean, scale) of each row. */
  void toRows(NormSize size, int rows, NativeBuffer statistics) {
    reserve(2 * rows);
    buffer.get(from, 0, 2 * rows);
    for (int i = 0; i < rows; i++) {
      to[2 * i] = from[i];
      to[2 * i + 1] = scale(from[rows + i], size.epsilon());
    }
    statistics.put(to, 0, 2 * rows);
  }

  /** From (mean, scale) of each row. */
  NativeBuffer ofRows(NormSize size, int rows, NativeBuffer statistics) {
    reserve(2 * rows);
    statistics.get(from, 0, 2 * rows);
    for (int i = 0; i < rows; i++) {
      to[i] = from[2 * i];
      to[rows + i] = variance(from[2 * i + 1], size.epsilon());
    }
    buffer(rows).put(to, 0, 2 * rows);
    return buffer;
  }

  /** To the columns' means, then scales, then estimates of the population's variance. */
  void toColumns(NormSize size, int rows, NativeBuffer statistics) {
    int columns = size.features();
    reserve(3 * columns);
    buffer.get(from, 0, 2 * columns);
    double correction = (double) rows / Math.max(1, rows - 1);
    for (int j = 0; j < columns; j++) {
      float variance = from[columns + j];
      to[j] = from[j];
      to[columns + j] = scale(variance, size.epsilon());
      to[2 * columns + j] = (float) (variance * correction);
    }
    statistics.put(to, 0, 3 * columns);
  }

  /** From the columns' means and scales. */
  NativeBuffer ofColumns(NormSize size, NativeBuffer statistics) {
    int columns = size.features();
    reserve(3 * columns);
    statistics.get(to, 0, 2 * columns);
    for (int j = columns; j < 2 * columns; j++) {
      to[j] = variance(to[j], size.epsilon());
    }
    buffer(columns).put(to, 0, 2 * columns);
    return buffer;
  }

  private static float scale(float variance, double epsilon) {
    return (float) (1 / Math.sqrt(variance + epsilon));
  }

  private static float variance(float scale, double epsilon) {
    return (float) (1 / ((double) scale * scale) - epsilon);
  }
}
