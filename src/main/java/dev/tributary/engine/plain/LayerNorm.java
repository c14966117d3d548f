package dev.tributary.engine.plain;

import dev.tributary.engine.NormSize;
import org.jspecify.annotations.Nullable;

/** Layer normalisation; the formulas stand in {@link dev.tributary.engine.Engine}. */
final class LayerNorm {
  private LayerNorm() {}

  static void forward(
      NormSize s,
      int n,
      PlainBuffer x,
      PlainBuffer gamma,
      PlainBuffer beta,
      PlainBuffer y,
      PlainBuffer statistics) {
    int features = s.features();
    for (int i = 0; i < n; i++) {
      int row = i * features;
      double mean = 0;
      for (int j = 0; j < features; j++) {
        mean += x.at(row + j) / features;
      }
      double variance = 0;
      for (int j = 0; j < features; j++) {
        variance += (x.at(row + j) - mean) * (x.at(row + j) - mean) / features;
      }
      double scale = 1 / Math.sqrt(variance + s.epsilon());
      statistics.set(2 * i, mean);
      statistics.set(2 * i + 1, scale);
      for (int j = 0; j < features; j++) {
        y.set(row + j, gamma.at(j) * (x.at(row + j) - mean) * scale + beta.at(j));
      }
    }
  }

  static void backward(
      NormSize s,
      int n,
      PlainBuffer x,
      PlainBuffer gamma,
      PlainBuffer statistics,
      PlainBuffer dy,
      @Nullable PlainBuffer dx,
      PlainBuffer dGamma,
      PlainBuffer dBeta) {
    int features = s.features();
    dGamma.clear(features);
    dBeta.clear(features);
    for (int i = 0; i < n; i++) {
      int row = i * features;
      double mean = statistics.at(2 * i);
      double scale = statistics.at(2 * i + 1);
      double meanOfG = 0;
      double meanOfProduct = 0;
      for (int j = 0; j < features; j++) {
        double normal = (x.at(row + j) - mean) * scale;
        double g = gamma.at(j) * dy.at(row + j);
        dGamma.add(j, dy.at(row + j) * normal);
        dBeta.add(j, dy.at(row + j));
        meanOfG += g / features;
        meanOfProduct += g * normal / features;
      }
      for (int j = 0; dx != null && j < features; j++) {
        double normal = (x.at(row + j) - mean) * scale;
        double g = gamma.at(j) * dy.at(row + j);
        dx.set(row + j, (g - meanOfG - normal * meanOfProduct) * scale);
      }
    }
  }
}
