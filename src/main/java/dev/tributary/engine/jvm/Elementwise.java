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

  static void add(int count, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    float[] as = a.data;
    float[] bs = b.data;
    float[] ys = y.data;
    for (int i = 0; i < count; i++) {
      ys[y.offset + i] = as[a.offset + i] + bs[b.offset + i];
    }
  }
}
