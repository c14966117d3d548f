package dev.tributary.engine.plain;

/** Softmax over rows, its logarithm, and their gradients. */
final class Softmax {
  private Softmax() {}

  static void forward(int n, int classes, PlainBuffer x, PlainBuffer y) {
    logForward(n, classes, x, y);
    for (int i = 0; i < n * classes; i++) {
      y.set(i, Math.exp(y.at(i)));
    }
  }

  static void backward(int n, int classes, PlainBuffer y, PlainBuffer dy, PlainBuffer dx) {
    for (int row = 0; row < n * classes; row += classes) {
      double dot = 0;
      for (int j = row; j < row + classes; j++) {
        dot += dy.at(j) * y.at(j);
      }
      for (int j = row; j < row + classes; j++) {
        dx.set(j, y.at(j) * (dy.at(j) - dot));
      }
    }
  }

  static void logForward(int n, int classes, PlainBuffer x, PlainBuffer y) {
    for (int row = 0; row < n * classes; row += classes) {
      double maximum = Double.NEGATIVE_INFINITY;
      for (int j = row; j < row + classes; j++) {
        maximum = Math.max(maximum, x.at(j));
      }
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        sum += Math.exp(x.at(j) - maximum);
      }
      for (int j = row; j < row + classes; j++) {
        y.set(j, x.at(j) - maximum - Math.log(sum));
      }
    }
  }

  static void logBackward(int n, int classes, PlainBuffer y, PlainBuffer dy, PlainBuffer dx) {
    for (int row = 0; row < n * classes; row += classes) {
      double sum = 0;
      for (int j = row; j < row + classes; j++) {
        sum += dy.at(j);
      }
      for (int j = row; j < row + classes; j++) {
        dx.set(j, dy.at(j) - Math.exp(y.at(j)) * sum);
      }
    }
  }
}
