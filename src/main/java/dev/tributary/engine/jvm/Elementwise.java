package dev.tributary.engine.jvm;

/** What is done value by value to two arrays. */
final class Elementwise {
  private Elementwise() {}

  static void multiply(int count, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    float[] as = a.data;
    float[] bs = b.data;
    float[] ys = y.data;
    for (int i = 0; i < count; i++) {
      ys[y.offset + i] = as[a.offset + i] * bs[b.offset + i];
    }
  }

  static double squaredError(
      int count, float scale, HeapBuffer prediction, HeapBuffer target, HeapBuffer dPrediction) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float difference = prediction.data[prediction.offset + i] - target.data[target.offset + i];
      sum += (double) difference * difference;
      dPrediction.data[dPrediction.offset + i] = 2f * scale * difference;
    }
    return scale * sum;
  }
}
