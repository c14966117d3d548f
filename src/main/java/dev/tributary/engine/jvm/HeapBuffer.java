package dev.tributary.engine.jvm;

import breeze.linalg.DenseMatrix;
import dev.tributary.engine.Buffer;
import dev.tributary.tensor.MatrixView;
import java.util.Objects;

/** A slice of a {@code float[]}. */
final class HeapBuffer implements Buffer {
  final float[] data;
  final int offset;
  private final int size;

  HeapBuffer(float[] data, int offset, int size) {
    Objects.checkFromIndexSize(offset, size, data.length);
    this.data = data;
    this.offset = offset;
    this.size = size;
  }

  /** The row-major (rows, columns) matrix at the start of this buffer. */
  DenseMatrix<Object> matrix(int rows, int columns) {
    return MatrixView.of(data, offset, rows, columns);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Buffer slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, size);
    return new HeapBuffer(data, offset + from, count);
  }

  @Override
  public void put(float[] source, int from, int count) {
    Objects.checkFromIndexSize(0, count, size);
    System.arraycopy(source, from, data, offset, count);
  }

  @Override
  public void get(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    System.arraycopy(data, offset, target, to, count);
  }

  @Override
  public void addTo(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    for (int i = 0; i < count; i++) {
      target[to + i] += data[offset + i];
    }
  }
}
