package dev.tributary.data;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * Samples as primitive arrays: each is a run of bytes (features, then targets and a weight if there
 * are any; float32 little-endian where they are not 8-bit pixels), and a class. Runs have the same
 * length, unless features are sparse: then each feature other than 0 is its index, as 4 bytes, and
 * its value, in the order of indices.
 *
 * <p>It grows by {@link #add}; who holds one that no longer grows may share it between threads. It
 * is what readers make, a block at a time.
 */
public final class Samples implements SampleSet, Serializable {
  private static final long serialVersionUID = 1L;

  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** The label of a sample that has none. */
  public static final int UNLABELLED = -1;

  private static final int[] NO_ENDS = {};

  private final Schema schema;
  private final int bytes;
  private byte[] content;

  /** One past each sample's last byte, where samples differ in length. */
  private int[] ends;

  private int[] labels;
  private int count;

  /** No samples yet, with room for some. */
  public Samples(Schema schema, int room) {
    this.schema = schema;
    this.bytes = schema.bytes();
    this.content = new byte[Math.multiplyExact(room, bytes)];
    this.ends = schema.sparse() ? new int[room] : NO_ENDS;
    this.labels = new int[room];
  }

  /** No images yet, with room for some. */
  public Samples(Shape shape, int room) {
    this(Schema.images(shape), room);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int label(int i) {
    return labels[Objects.checkIndex(i, count)];
  }

  /** The samples one after the other: this set's own memory. */
  public byte[] content() {
    return content;
  }

  /** The first byte of sample i in {@link #content}. */
  public int from(int i) {
    return !schema.sparse() ? i * bytes : i == 0 ? 0 : ends[i - 1];
  }

  /** One past its last. */
  public int to(int i) {
    return schema.sparse() ? ends[i] : (i + 1) * bytes;
  }

  /** Where its targets begin. */
  private int tail(int i) {
    return to(Objects.checkIndex(i, count)) - schema.tailBytes();
  }

  /** Bytes of all samples, labels not counted. */
  public int contentBytes() {
    return from(count);
  }

  /** Adds a sample whose bytes start at {@code source[from]}. */
  public void add(byte[] source, int from, int label) {
    if (schema.sparse()) {
      throw new IllegalArgumentException("a sparse sample needs its length");
    }
    add(source, from, bytes, label);
  }

  /** Adds a sample of {@code length} bytes. */
  public void add(byte[] source, int from, int length, int label) {
    int at = room(length);
    System.arraycopy(source, from, content, at, length);
    end(at + length, label);
  }

  /** Makes room for a sample of so many bytes; where it goes. */
  private int room(int length) {
    if (count == labels.length) {
      grow();
    }
    int at = from(count);
    if (at > content.length - length) {
      if (at > LARGEST_ARRAY - length) {
        throw tooMany();
      }
      content =
          Arrays.copyOf(
              content,
              (int) Math.min(LARGEST_ARRAY, Math.max(at + length, content.length * 3L / 2)));
    }
    return at;
  }

  private void end(int at, int label) {
    if (schema.sparse()) {
      ends[count] = at;
    }
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
    check(features.length, schema.shape().size());
    check(targets.length, schema.targets());
    int at;
    if (schema.sparse()) {
      int present = 0;
      for (float feature : features) {
        present += feature == 0 ? 0 : 1;
      }
      at = room(present * Schema.PAIR + schema.tailBytes());
      for (int j = 0; j < features.length; j++) {
        if (features[j] != 0) {
          at = putPair(j, features[j], at);
        }
      }
    } else {
      at = put(features, room(bytes));
    }
    end(putTail(targets, weight, at), label);
  }

  /**
   * Adds a sample of sparse features.
   *
   * @param indices of features, ascending, each below the number of features
   * @param values theirs; a 0 is left out
   * @param present how many of both there are
   * @param targets numbers to predict, as many as the schema says
   * @param weight ignored where samples have none
   * @param label its class; {@link #UNLABELLED} if it has none
   */
  public void add(
      int[] indices, float[] values, int present, float[] targets, float weight, int label) {
    if (!schema.sparse()) {
      throw new IllegalArgumentException("features are " + schema.kind() + ", not sparse");
    }
    check(targets.length, schema.targets());
    int at = room(present * Schema.PAIR + schema.tailBytes());
    int before = -1;
    for (int k = 0; k < present; k++) {
      int index = Objects.checkIndex(indices[k], schema.shape().size());
      if (index <= before) {
        throw new IllegalArgumentException("index " + index + " after " + before);
      }
      before = index;
      if (values[k] != 0) {
        at = putPair(index, values[k], at);
      }
    }
    end(putTail(targets, weight, at), label);
  }

  /** Adds a sample of float features with a class. */
  public void add(float[] features, int label) {
    check(features.length, schema.shape().size());
    if (schema.tailBytes() == 0) {
      add(features, NO_TARGETS, 1, label);
      return;
    }
    add(features, new float[schema.targets()], 0, label);
  }

  private static final float[] NO_TARGETS = {};

  /** Adds a sample of 8-bit pixels with numbers to predict. */
  public void add(byte[] pixels, float[] targets) {
    add(pixels, targets, 0, UNLABELLED);
  }

  /**
   * Adds a sample of 8-bit pixels.
   *
   * @param targets numbers to predict, as many as the schema says
   * @param weight ignored where samples have none
   * @param label its class; {@link #UNLABELLED} if it has none
   */
  public void add(byte[] pixels, float[] targets, float weight, int label) {
    check(pixels.length, schema.shape().size());
    check(targets.length, schema.targets());
    int at = room(bytes);
    System.arraycopy(pixels, 0, content, at, pixels.length);
    end(putTail(targets, weight, at + pixels.length), label);
  }

  private static void check(int values, int expected) {
    if (values != expected) {
      throw new IllegalArgumentException(values + " values, expected " + expected);
    }
  }

  private int put(float[] values, int at) {
    for (int j = 0; j < values.length; j++) {
      put(values[j], at + j * Float.BYTES);
    }
    return at + values.length * Float.BYTES;
  }

  /** One pattern of bits for each number: −0 becomes 0, and every NaN the same. */
  private void put(float value, int at) {
    INT.set(content, at, Float.floatToIntBits(value + 0f));
  }

  private int putPair(int index, float value, int at) {
    INT.set(content, at, index);
    put(value, at + Integer.BYTES);
    return at + Schema.PAIR;
  }

  private int putTail(float[] targets, float weight, int at) {
    int end = put(targets, at);
    if (!schema.weighted()) {
      return end;
    }
    put(weight, end);
    return end + Float.BYTES;
  }

  /** Adds sample i of another set of the same schema. */
  public void add(Samples other, int i) {
    int from = other.from(Objects.checkIndex(i, other.count));
    add(other.content, from, other.to(i) - from, other.labels[i]);
  }

  /** The largest array a JVM gives is a little under 2^31; beyond it a set must be divided. */
  private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

  private IllegalStateException tooMany() {
    return new IllegalStateException(
        "one block holds over " + count + " samples of " + shape() + "; read smaller ones");
  }

  private void grow() {
    int most = LARGEST_ARRAY / Math.max(1, bytes);
    int room = (int) Math.min(most, Math.max(16, labels.length * 3L / 2));
    if (room <= count) {
      throw tooMany();
    }
    if (schema.sparse()) {
      ends = Arrays.copyOf(ends, room);
    } else {
      content = Arrays.copyOf(content, room * bytes);
    }
    labels = Arrays.copyOf(labels, room);
  }

  /** Gives back unused room; to be called before a set is sent or kept. */
  public Samples trim() {
    if (labels.length > count) {
      ends = schema.sparse() ? Arrays.copyOf(ends, count) : NO_ENDS;
      labels = Arrays.copyOf(labels, count);
    }
    if (content.length > contentBytes()) {
      content = Arrays.copyOf(content, contentBytes());
    }
    return this;
  }

  @Override
  public void write(int i, float[] features, int to) {
    int size = schema.shape().size();
    int from = from(Objects.checkIndex(i, count));
    switch (schema.kind()) {
      case FLOATS -> get(from, size, features, to);
      case SPARSE -> {
        Arrays.fill(features, to, to + size, 0f);
        for (int at = from; at < tail(i); at += Schema.PAIR) {
          features[to + (int) INT.get(content, at)] =
              (float) FLOAT.get(content, at + Integer.BYTES);
        }
      }
      case PIXELS -> PixelValues.write(content, from, size, features, to);
    }
  }

  @Override
  public void writeTargets(int i, float[] targets, int to) {
    get(tail(i), schema.targets(), targets, to);
  }

  @Override
  public float target(int i, int j) {
    return (float)
        FLOAT.get(content, tail(i) + Objects.checkIndex(j, schema.targets()) * Float.BYTES);
  }

  private void get(int from, int values, float[] target, int to) {
    for (int j = 0; j < values; j++) {
      target[to + j] = (float) FLOAT.get(content, from + j * Float.BYTES);
    }
  }

  @Override
  public float weight(int i) {
    int end = to(Objects.checkIndex(i, count));
    return schema.weighted() ? (float) FLOAT.get(content, end - Float.BYTES) : 1f;
  }

  /** A hash of sample i's content, keyed by the seed; see {@link ContentHasher}. */
  public ContentHash hash(int i, long seed, ContentHasher hasher) {
    int from = from(i);
    return hasher.hash(content, from, to(i) - from, labels[i], seed);
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
    ContentHasher hasher = new ContentHasher(schema);
    for (int i = 0; i < count; i++) {
      ContentHash hash = hash(i, seed ^ HOLD_OUT, hasher);
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
    return ContentHasher.compare(
        content, from(i), to(i), labels[i], content, from(j), to(j), labels[j]);
  }
}
