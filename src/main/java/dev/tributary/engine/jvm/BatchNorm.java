package dev.tributary.engine.jvm;

import dev.tributary.engine.NormSize;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation, with sums in double precision; the formulas stand in {@link
 * dev.tributary.engine.Engine}.
 */
final class BatchNorm {
  private BatchNorm() {}

  static void statistics(NormSize s, int rows, HeapBuffer x, HeapBuffer statistics) {
    int features = s.features();
    double[] mean = new double[features];
    for (int r = 0; r < rows; r++) {
      int row = x.offset + r * features;
      for (int j = 0; j < features; j++) {
        mean[j] += x.data[row + j];
      }
    }
    for (int j = 0; j < features; j++) {
      mean[j] /= rows;
    }
    double[] squares = new double[features];
    for (int r = 0; r < rows; r++) {
      int row = x.offset + r * features;
      for (int j = 0; j < features; j++) {
        double centred = x.data[row + j] - mean[j];
        squares[j] += centred * centred;
      }
    }
    for (int j = 0; j < features; j++) {
      int at = statistics.offset + j;
      statistics.data[at] = (float) mean[j];
      statistics.data[at + features] = (float) (1 / Math.sqrt(squares[j] / rows + s.epsilon()));
      statistics.data[at + 2 * features] = (float) (squares[j] / Math.max(1, rows - 1));
    }
  }

  static void forward(
      NormSize s,
      int rows,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer beta,
      HeapBuffer statistics,
      HeapBuffer y) {
    int features = s.features();
    float[] st = statistics.data;
    int mean = statistics.offset;
    for (int r = 0; r < rows; r++) {
      int row = x.offset + r * features;
      int to = y.offset + r * features;
      for (int j = 0; j < features; j++) {
        float normal = (x.data[row + j] - st[mean + j]) * st[mean + features + j];
        y.data[to + j] = normal * gamma.data[gamma.offset + j] + beta.data[beta.offset + j];
      }
    }
  }

  static void backward(
      NormSize s,
      int rows,
      boolean constantStatistics,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer statistics,
      HeapBuffer dy,
      @Nullable HeapBuffer dx,
      HeapBuffer dGamma,
      HeapBuffer dBeta) {
    int features = s.features();
    float[] st = statistics.data;
    int mean = statistics.offset;
    int scale = mean + features;
    double[] products = new double[features];
    double[] sums = new double[features];
    for (int r = 0; r < rows; r++) {
      int row = r * features;
      for (int j = 0; j < features; j++) {
        double d = dy.data[dy.offset + row + j];
        sums[j] += d;
        products[j] += d * (x.data[x.offset + row + j] - st[mean + j]) * st[scale + j];
      }
    }
    for (int j = 0; j < features; j++) {
      dGamma.data[dGamma.offset + j] = (float) products[j];
      dBeta.data[dBeta.offset + j] = (float) sums[j];
    }
    if (dx == null) {
      return;
    }
    double share = constantStatistics ? 0 : 1.0 / rows;
    for (int r = 0; r < rows; r++) {
      int row = r * features;
      for (int j = 0; j < features; j++) {
        double normal = (double) (x.data[x.offset + row + j] - st[mean + j]) * st[scale + j];
        double d = dy.data[dy.offset + row + j] - share * (sums[j] + normal * products[j]);
        dx.data[dx.offset + row + j] = (float) (d * gamma.data[gamma.offset + j] * st[scale + j]);
      }
    }
  }
}
