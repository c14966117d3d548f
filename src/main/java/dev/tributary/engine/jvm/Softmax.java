package dev.tributary.engine.jvm;

/**
 * Softmax over rows, and its logarithm. Each row is shifted by its maximum, so nothing overflows.
 */
final class Softmax {
  private Softmax() {}

  static void forward(int n, int classes, HeapBuffer x, HeapBuffer y) {
    for (int i = 0; i < n; i++) {
      exponentials(classes, x.data, x.offset + i * classes, y.data, y.offset + i * classes);
    }
  }

  /**
   * Writes one row's softmax.
   *
   * @return {@code log Σ exp(x)}
   */
  private static double exponentials(int classes, float[] x, int from, float[] y, int to) {
    float maximum = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      maximum = Math.max(maximum, x[from + j]);
    }
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp((double) x[from + j] - maximum);
    }
    for (int j = 0; j < classes; j++) {
      y[to + j] = (float) (Math.exp((double) x[from + j] - maximum) / sum);
    }
    return maximum + Math.log(sum);
  }

  static void backward(int n, int classes, HeapBuffer y, HeapBuffer dy, HeapBuffer dx) {
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      double dot = 0;
      for (int j = 0; j < classes; j++) {
        dot += (double) dy.data[dy.offset + row + j] * y.data[y.offset + row + j];
      }
      for (int j = 0; j < classes; j++) {
        double centred = dy.data[dy.offset + row + j] - dot;
        dx.data[dx.offset + row + j] = (float) (y.data[y.offset + row + j] * centred);
      }
    }
  }

  static void logForward(int n, int classes, HeapBuffer x, HeapBuffer y) {
    for (int i = 0; i < n; i++) {
      int to = y.offset + i * classes;
      int from = x.offset + i * classes;
      double logSum = exponentials(classes, x.data, from, y.data, to);
      for (int j = 0; j < classes; j++) {
        y.data[to + j] = (float) (x.data[from + j] - logSum);
      }
    }
  }

  static void logBackward(int n, int classes, HeapBuffer y, HeapBuffer dy, HeapBuffer dx) {
    for (int i = 0; i < n; i++) {
      int row = i * classes;
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += dy.data[dy.offset + row + j];
      }
      for (int j = 0; j < classes; j++) {
        double share = Math.exp(y.data[y.offset + row + j]) * sum;
        dx.data[dx.offset + row + j] = (float) (dy.data[dy.offset + row + j] - share);
      }
    }
  }
}
