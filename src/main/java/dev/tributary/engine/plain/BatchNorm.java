package dev.tributary.engine.plain;

import dev.tributary.engine.NormSize;
import org.jspecify.annotations.Nullable;

/** Batch normalisation; the formulas stand in {@link dev.tributary.engine.Engine}. */
final class BatchNorm {
  private BatchNorm() {}

  static void statistics(NormSize s, int rows, PlainBuffer x, PlainBuffer statistics) {
    int features = s.features();
    for (int j = 0; j < features; j++) {
      double mean = 0;
      for (int r = 0; r < rows; r++) {
        mean += x.at(r * features + j) / rows;
      }
      double squares = 0;
      for (int r = 0; r < rows; r++) {
        double centred = x.at(r * features + j) - mean;
        squares += centred * centred;
      }
      statistics.set(j, mean);
      statistics.set(features + j, 1 / Math.sqrt(squares / rows + s.epsilon()));
      statistics.set(2 * features + j, squares / Math.max(1, rows - 1));
    }
  }

  static void forward(
      NormSize s,
      int rows,
      PlainBuffer x,
      PlainBuffer gamma,
      PlainBuffer beta,
      PlainBuffer statistics,
      PlainBuffer y) {
    int features = s.features();
    for (int i = 0; i < rows * features; i++) {
      int j = i % features;
      double normal = (x.at(i) - statistics.at(j)) * statistics.at(features + j);
      y.set(i, gamma.at(j) * normal + beta.at(j));
    }
  }

  static void backward(
      NormSize s,
      int rows,
      boolean constantStatistics,
      PlainBuffer x,
      PlainBuffer gamma,
      PlainBuffer statistics,
      PlainBuffer dy,
      @Nullable PlainBuffer dx,
      PlainBuffer dGamma,
      PlainBuffer dBeta) {
    int features = s.features();
    for (int j = 0; j < features; j++) {
      double mean = statistics.at(j);
      double scale = statistics.at(features + j);
      double products = 0;
      double sum = 0;
      for (int i = j; i < rows * features; i += features) {
        products += dy.at(i) * (x.at(i) - mean) * scale;
        sum += dy.at(i);
      }
      dGamma.set(j, products);
      dBeta.set(j, sum);
      for (int i = j; dx != null && i < rows * features; i += features) {
        double normal = (x.at(i) - mean) * scale;
        double centred =
            constantStatistics ? dy.at(i) : dy.at(i) - sum / rows - normal * products / rows;
        dx.set(i, gamma.at(j) * centred * scale);
      }
    }
  }
}
