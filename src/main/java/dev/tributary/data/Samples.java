package dev.tributary.data;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;

/**
 * Labelled samples as primitive arrays: 8-bit pixels, (n, features), and a class for each. A pixel
 * p stands for the value p / 255.
 *
 * <p>It grows by {@link #add}; who holds one that no longer grows may share it between threads.
 */
public final class Samples implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a pixel is multiplied by, once, in the order of the training's arithmetic. */
  private static final float PIXEL_SCALE = 1f / 255f;

  private final Shape shape;
  private byte[] pixels;
  private int[] labels;
  private int count;

  /** No samples yet, with room for some. */
  public Samples(Shape shape, int room) {
    this.shape = shape;
    this.pixels = new byte[Math.multiplyExact(room, shape.size())];
    this.labels = new int[room];
  }

  /** One sample's shape. */
  public Shape shape() {
    return shape;
  }

  /** Samples held. */
  public int count() {
    return count;
  }

  /** The class of sample i. */
  public int label(int i) {
    return labels[Objects.checkIndex(i, count)];
  }

  /** Adds a sample whose pixels start at {@code source[from]}. */
  public void add(byte[] source, int from, int label) {
    if (count == labels.length) {
      grow();
    }
    System.arraycopy(source, from, pixels, count * shape.size(), shape.size());
    labels[count++] = label;
  }

  /** Adds sample i of another set of the same shape. */
  public void add(Samples other, int i) {
    add(other.pixels, Objects.checkIndex(i, other.count) * shape.size(), other.labels[i]);
  }

  private void grow() {
    // The largest array a JVM gives is a little under 2^31; beyond it a shard must be split.
    int most = (Integer.MAX_VALUE - 8) / shape.size();
    int room = (int) Math.min(most, Math.max(16, labels.length * 3L / 2));
    if (room <= count) {
      throw new IllegalStateException(
          "one shard holds over " + most + " samples of " + shape + "; use more shards");
    }
    pixels = Arrays.copyOf(pixels, room * shape.size());
    labels = Arrays.copyOf(labels, room);
  }

  /** Gives back unused room; to be called before a set is sent or kept. */
  public Samples trim() {
    if (labels.length > count) {
      pixels = Arrays.copyOf(pixels, count * shape.size());
      labels = Arrays.copyOf(labels, count);
    }
    return this;
  }

  /** Writes sample i's values to {@code features[to…]}. */
  public void write(int i, float[] features, int to) {
    int size = shape.size();
    int from = Objects.checkIndex(i, count) * size;
    for (int j = 0; j < size; j++) {
      features[to + j] = (pixels[from + j] & 0xFF) * PIXEL_SCALE;
    }
  }

  /** A hash of sample i's content, keyed by the seed; see {@link ContentHash}. */
  ContentHash hash(int i, long seed) {
    return ContentHash.of(pixels, i * shape.size(), shape.size(), labels[i], seed);
  }

  /** Orders sample i against sample j by content: pixels as unsigned bytes, then the label. */
  int compareContent(int i, int j) {
    int size = shape.size();
    int order =
        Arrays.compareUnsigned(pixels, i * size, (i + 1) * size, pixels, j * size, (j + 1) * size);
    return order != 0 ? order : Integer.compare(labels[i], labels[j]);
  }
}
