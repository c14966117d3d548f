package dev.tributary.engine.plain;

import dev.tributary.engine.Buffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A slice of a {@code double[]}. Besides the float32 of every buffer it takes and gives its values
 * in double precision, so that they can be moved by less than a float's rounding.
 */
public final class PlainBuffer implements Buffer {
  private final double[] data;
  private final int offset;
  private final int size;

  PlainBuffer(double[] data, int offset, int size) {
    Objects.checkFromIndexSize(offset, size, data.length);
    this.data = data;
    this.offset = offset;
    this.size = size;
  }

  /** The buffer as the plain engine's; another engine's here is a programming error. */
  public static PlainBuffer of(Buffer buffer) {
    return (PlainBuffer) buffer;
  }

  /** Value i. */
  public double at(int i) {
    return data[offset + i];
  }

  /** Sets value i. */
  public void set(int i, double value) {
    data[offset + i] = value;
  }

  void add(int i, double value) {
    data[offset + i] += value;
  }

  void clear(int count) {
    Arrays.fill(data, offset, offset + count, 0);
  }

  /** The first {@code count} values, as a copy. */
  public double[] values(int count) {
    Objects.checkFromIndexSize(0, count, size);
    return Arrays.copyOfRange(data, offset, offset + count);
  }

  /** All values, as a copy. */
  public double[] values() {
    return values(size);
  }

  /** Copies all of {@code source} to the start of this buffer. */
  public void put(double[] source) {
    int count = source.length;
    Objects.checkFromIndexSize(0, count, size);
    System.arraycopy(source, 0, data, offset, count);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Buffer slice(int from, int count) {
    Objects.checkFromIndexSize(from, count, size);
    return new PlainBuffer(data, offset + from, count);
  }

  @Override
  public void put(float[] source, int from, int count) {
    Objects.checkFromIndexSize(0, count, size);
    for (int i = 0; i < count; i++) {
      data[offset + i] = source[from + i];
    }
  }

  @Override
  public void get(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    for (int i = 0; i < count; i++) {
      target[to + i] = (float) data[offset + i];
    }
  }

  @Override
  public void addTo(float[] target, int to, int count) {
    Objects.checkFromIndexSize(0, count, size);
    for (int i = 0; i < count; i++) {
      target[to + i] = (float) (target[to + i] + data[offset + i]);
    }
  }
}
