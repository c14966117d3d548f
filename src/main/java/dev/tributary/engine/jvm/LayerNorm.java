package dev.tributary.engine.jvm;

import dev.tributary.engine.NormSize;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Layer normalisation; the formulas stand in {@link dev.tributary.engine.Engine}. */
final class LayerNorm {
  private LayerNorm() {}

  static void forward(
      NormSize s,
      int n,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer beta,
      HeapBuffer y,
      HeapBuffer statistics) {
    int features = s.features();
    for (int i = 0; i < n; i++) {
      int row = x.offset + i * features;
      double sum = 0;
      for (int j = 0; j < features; j++) {
        sum += x.data[row + j];
      }
      double mean = sum / features;
      double squares = 0;
      for (int j = 0; j < features; j++) {
        double centred = x.data[row + j] - mean;
        squares += centred * centred;
      }
      double scale = 1 / Math.sqrt(squares / features + s.epsilon());
      statistics.data[statistics.offset + 2 * i] = (float) mean;
      statistics.data[statistics.offset + 2 * i + 1] = (float) scale;
      int to = y.offset + i * features;
      for (int j = 0; j < features; j++) {
        double normal = (x.data[row + j] - mean) * scale;
        y.data[to + j] =
            (float) (normal * gamma.data[gamma.offset + j] + beta.data[beta.offset + j]);
      }
    }
  }

  static void backward(
      NormSize s,
      int n,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer statistics,
      HeapBuffer dy,
      @Nullable HeapBuffer dx,
      HeapBuffer dGamma,
      HeapBuffer dBeta) {
    int features = s.features();
    Arrays.fill(dGamma.data, dGamma.offset, dGamma.offset + features, 0f);
    Arrays.fill(dBeta.data, dBeta.offset, dBeta.offset + features, 0f);
    for (int i = 0; i < n; i++) {
      int row = x.offset + i * features;
      int slopes = dy.offset + i * features;
      float mean = statistics.data[statistics.offset + 2 * i];
      float scale = statistics.data[statistics.offset + 2 * i + 1];
      double sum = 0;
      double product = 0;
      for (int j = 0; j < features; j++) {
        float d = dy.data[slopes + j];
        float normal = (x.data[row + j] - mean) * scale;
        dGamma.data[dGamma.offset + j] += d * normal;
        dBeta.data[dBeta.offset + j] += d;
        double g = (double) d * gamma.data[gamma.offset + j];
        sum += g;
        product += g * normal;
      }
      if (dx != null) {
        for (int j = 0; j < features; j++) {
          double g = (double) dy.data[slopes + j] * gamma.data[gamma.offset + j];
          double normal = (double) (x.data[row + j] - mean) * scale;
          double centred = g - sum / features - normal * product / features;
          dx.data[dx.offset + i * features + j] = (float) (centred * scale);
        }
      }
    }
  }
}
