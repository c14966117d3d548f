package dev.tributary.engine.jvm;

import dev.tributary.engine.Activation;

/**
 * The activations; one loop each, since a switch inside the loop would keep it from vectorising.
 */
final class Activations {
  private Activations() {}

  static void forward(Activation f, int count, HeapBuffer x, HeapBuffer y) {
    switch (f) {
      case SIGMOID -> sigmoid(count, x.data, x.offset, y.data, y.offset);
      case TANH -> tanh(count, x.data, x.offset, y.data, y.offset);
      case RELU -> relu(count, x.data, x.offset, y.data, y.offset);
      case SOFTPLUS -> softplus(count, x.data, x.offset, y.data, y.offset);
    }
  }

  static void backward(
      Activation f, int count, HeapBuffer x, HeapBuffer y, HeapBuffer dy, HeapBuffer dx) {
    float[] out = dx.data;
    int o = dx.offset;
    float[] g = dy.data;
    int gi = dy.offset;
    switch (f) {
      case SIGMOID -> {
        for (int i = 0; i < count; i++) {
          float v = y.data[y.offset + i];
          out[o + i] = g[gi + i] * v * (1f - v);
        }
      }
      case TANH -> {
        for (int i = 0; i < count; i++) {
          float v = y.data[y.offset + i];
          out[o + i] = g[gi + i] * (1f - v * v);
        }
      }
      case RELU -> reluGradient(count, y.data, y.offset, g, gi, out, o);
      case SOFTPLUS -> {
        for (int i = 0; i < count; i++) {
          out[o + i] = (float) (g[gi + i] * logistic(x.data[x.offset + i]));
        }
      }
    }
  }

  private static void sigmoid(int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      y[yi + i] = (float) logistic(x[xi + i]);
    }
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static void tanh(int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      y[yi + i] = (float) Math.tanh(x[xi + i]);
    }
  }

  private static void relu(int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      y[yi + i] = Math.max(x[xi + i], 0f);
    }
  }

  /**
   * dy where y is positive. The factor {@code min(1, y · 2^149)} is exactly 0 or 1, as 2^-149 is
   * the smallest float above 0; a conditional would not vectorise.
   */
  private static void reluGradient(
      int count, float[] y, int yi, float[] dy, int dyi, float[] dx, int dxi) {
    for (int i = 0; i < count; i++) {
      dx[dxi + i] = dy[dyi + i] * Math.min(1f, y[yi + i] * 0x1p100f * 0x1p49f);
    }
  }

  /** {@code max(0, x) + log1p(exp(−|x|))}, which neither overflows nor loses small values. */
  private static void softplus(int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      double v = x[xi + i];
      y[yi + i] = (float) (Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
    }
  }
}
