package dev.tributary.data;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Samples as primitive arrays: each is a run of bytes of the same length (features, then targets
 * and a weight if there are any; float32 little-endian where they are not 8-bit pixels), and a
 * class.
 *
 * <p>It grows by {@link #add}; who holds one that no longer grows may share it between threads.
 */
public final class Samples implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a pixel is multiplied by, once, in the order of the training's arithmetic. */
  private static final float PIXEL_SCALE = 1f / 255f;

  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  /** The label of a sample that has none. */
  public static final int UNLABELLED = -1;

  private final Schema schema;
  private final int bytes;
  private byte[] content;
  private int[] labels;
  private int count;

  /** No samples yet, with room for some. */
  public Samples(Schema schema, int room) {
    this.schema = schema;
    this.bytes = schema.bytes();
    this.content = new byte[Math.multiplyExact(room, bytes)];
    this.labels = new int[room];
  }

  /** No images yet, with room for some. */
  public Samples(Shape shape, int room) {
    this(Schema.images(shape), room);
  }

  /** What a sample holds. */
  public Schema schema() {
    return schema;
  }

  /** One sample's shape. */
  public Shape shape() {
    return schema.shape();
  }

  /** Samples held. */
  public int count() {
    return count;
  }

  /** The class of sample i. */
  public int label(int i) {
    return labels[Objects.checkIndex(i, count)];
  }

  /** Adds a sample whose bytes start at {@code source[from]}. */
  public void add(byte[] source, int from, int label) {
    if (count == labels.length) {
      grow();
    }
    System.arraycopy(source, from, content, count * bytes, bytes);
    labels[count++] = label;
  }

  /** Adds a sample of float features with numbers to predict, and a weight if samples have one. */
  public void add(float[] features, float[] targets, float weight) {
    add(features, targets, weight, UNLABELLED);
  }

  /**
   * Adds a sample of float features.
   *
   * @param targets numbers to predict, as many as the schema says
   * @param weight ignored where samples have none
   * @param label its class; {@link #UNLABELLED} if it has none
   */
  public void add(float[] features, float[] targets, float weight, int label) {
    byte[] sample = new byte[bytes];
    int at = put(features, schema.shape().size(), sample, 0);
    at = put(targets, schema.targets(), sample, at);
    if (schema.weighted()) {
      FLOAT.set(sample, at, weight);
    }
    add(sample, 0, label);
  }

  /** Adds a sample of float features with a class. */
  public void add(float[] features, int label) {
    byte[] sample = new byte[bytes];
    put(features, schema.shape().size(), sample, 0);
    add(sample, 0, label);
  }

  /** Adds a sample of 8-bit pixels with numbers to predict. */
  public void add(byte[] pixels, float[] targets) {
    byte[] sample = Arrays.copyOf(pixels, bytes);
    put(targets, schema.targets(), sample, pixels.length);
    add(sample, 0, UNLABELLED);
  }

  private static int put(float[] values, int expected, byte[] sample, int at) {
    if (values.length != expected) {
      throw new IllegalArgumentException(values.length + " values, expected " + expected);
    }
    for (int j = 0; j < values.length; j++) {
      FLOAT.set(sample, at + j * Float.BYTES, values[j]);
    }
    return at + values.length * Float.BYTES;
  }

  /** Adds sample i of another set of the same schema. */
  public void add(Samples other, int i) {
    add(other.content, Objects.checkIndex(i, other.count) * bytes, other.labels[i]);
  }

  private void grow() {
    // The largest array a JVM gives is a little under 2^31; beyond it a shard must be split.
    int most = (Integer.MAX_VALUE - 8) / bytes;
    int room = (int) Math.min(most, Math.max(16, labels.length * 3L / 2));
    if (room <= count) {
      throw new IllegalStateException(
          "one shard holds over " + most + " samples of " + shape() + "; use more shards");
    }
    content = Arrays.copyOf(content, room * bytes);
    labels = Arrays.copyOf(labels, room);
  }

  /** Gives back unused room; to be called before a set is sent or kept. */
  public Samples trim() {
    if (labels.length > count) {
      content = Arrays.copyOf(content, count * bytes);
      labels = Arrays.copyOf(labels, count);
    }
    return this;
  }

  /** Writes sample i's features to {@code features[to…]}. */
  public void write(int i, float[] features, int to) {
    int size = schema.shape().size();
    int from = Objects.checkIndex(i, count) * bytes;
    if (!schema.pixels()) {
      get(from, size, features, to);
      return;
    }
    for (int j = 0; j < size; j++) {
      features[to + j] = (content[from + j] & 0xFF) * PIXEL_SCALE;
    }
  }

  /** Writes what should be predicted for sample i to {@code targets[to…]}. */
  public void writeTargets(int i, float[] targets, int to) {
    int from = Objects.checkIndex(i, count) * bytes + schema.featureBytes();
    get(from, schema.targets(), targets, to);
  }

  /** Number j of those that should be predicted for sample i. */
  public float target(int i, int j) {
    int at = Objects.checkIndex(i, count) * bytes + schema.featureBytes();
    return (float) FLOAT.get(content, at + Objects.checkIndex(j, schema.targets()) * Float.BYTES);
  }

  private void get(int from, int values, float[] target, int to) {
    for (int j = 0; j < values; j++) {
      target[to + j] = (float) FLOAT.get(content, from + j * Float.BYTES);
    }
  }

  /** The weight of sample i; 1 if samples have none. */
  public float weight(int i) {
    int end = (Objects.checkIndex(i, count) + 1) * bytes;
    return schema.weighted() ? (float) FLOAT.get(content, end - Float.BYTES) : 1f;
  }

  /** A hash of sample i's content, keyed by the seed; see {@link ContentHash}. */
  ContentHash hash(int i, long seed) {
    return ContentHash.of(content, i * bytes, bytes, labels[i], seed);
  }

  /**
   * The samples that are held out for validation, or the others: a share of them that follows from
   * their content and the seed.
   *
   * @param share of the samples that is held out, in (0, 1)
   */
  public Samples heldOut(double share, long seed, boolean validation) {
    return validation ? part(0, share, seed) : part(share, 1, seed);
  }

  /**
   * The part of the samples whose hashes, as numbers in [0, 1), are from {@code from} up to, and
   * without, {@code to}. A sample's part does not change when others are added.
   */
  public Samples part(double from, double to, long seed) {
    Samples chosen = new Samples(schema, 16);
    for (int i = 0; i < count; i++) {
      ContentHash hash = hash(i, seed ^ HOLD_OUT);
      if (!hash.isBelow(from) && hash.isBelow(to)) {
        chosen.add(this, i);
      }
    }
    return chosen.trim();
  }

  /** Makes who is held out independent of who is in which shard. */
  private static final long HOLD_OUT = 0x5bd1e995_68e31da4L;

  /** Orders sample i against sample j by content: unsigned bytes, then the label. */
  int compareContent(int i, int j) {
    int order =
        Arrays.compareUnsigned(
            content, i * bytes, (i + 1) * bytes, content, j * bytes, (j + 1) * bytes);
    return order != 0 ? order : Integer.compare(labels[i], labels[j]);
  }
}
