package dev.tributary.data.packed;

import dev.tributary.data.PixelValues;
import dev.tributary.data.SampleSet;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * The samples of a packed shard, in memory or mapped: what a batch asks for is decoded, and nothing
 * else is touched.
 *
 * <p>The file is cut into segments of {@code 2^shift} bytes, each of which goes on for the length
 * of the largest sample into the next, so that a sample lies whole in the segment where it begins.
 */
public final class PackedSamples implements SampleSet, Serializable {
  private static final long serialVersionUID = 1L;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle FLOAT =
      MethodHandles.byteBufferViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  private final String name;
  private final Schema schema;
  private final int labelBytes;
  private final int count;
  private final int mostLabel;
  private final int mostSample;
  private final long endsFrom;
  private final int shift;
  private transient ByteBuffer[] segments;

  PackedSamples(String name, PackedFooter footer, int shift, ByteBuffer[] segments) {
    this.name = name;
    this.schema = footer.schema();
    this.labelBytes = footer.labelBytes();
    this.count = footer.count();
    this.mostLabel = footer.mostLabel();
    this.mostSample = footer.mostSample();
    this.endsFrom = footer.endsFrom();
    this.shift = shift;
    this.segments = segments;
  }

  /** Bytes that a segment has beyond {@code 2^shift}: a sample's, or an end's. */
  static int overlap(PackedFooter footer) {
    return Math.max(Integer.BYTES, footer.mostSample());
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
  public boolean isInMemory() {
    return segments.length == 0 || segments[0].hasArray();
  }

  private ByteBuffer segment(long position) {
    return segments[(int) (position >>> shift)];
  }

  private int offset(long position) {
    return (int) (position & ((1L << shift) - 1));
  }

  /** Where sample i begins in the file. */
  private long from(int i) {
    return schema.sparse()
        ? PackedFooter.HEAD + (i == 0 ? 0 : end(i - 1))
        : PackedFooter.HEAD + (long) i * (schema.bytes() + labelBytes);
  }

  /** Where sample i of a sparse set ends, from the first one's beginning. */
  private long end(int i) {
    long at = endsFrom + (long) i * Integer.BYTES;
    return ((int) INT.get(segment(at), offset(at)) & 0xffff_ffffL) * Integer.BYTES;
  }

  /** Bytes of sample i with its label. */
  private int length(int i, long from) {
    if (!schema.sparse()) {
      return schema.bytes() + labelBytes;
    }
    long length = PackedFooter.HEAD + end(i) - from;
    int least = schema.tailBytes() + labelBytes;
    if (length < least
        || length > mostSample
        || from + length > endsFrom
        || (length - least) % (Integer.BYTES + Float.BYTES) != 0) {
      throw PackedFooter.bad(name, "sample " + i + " cannot have " + length + " bytes");
    }
    return (int) length;
  }

  /** Where targets and weight of sample i begin, in its segment. */
  private int tail(int i, long from) {
    return offset(from) + length(i, from) - labelBytes - schema.tailBytes();
  }

  @Override
  public int label(int i) {
    if (labelBytes == 0) {
      Objects.checkIndex(i, count);
      return Samples.UNLABELLED;
    }
    long from = from(Objects.checkIndex(i, count));
    int at = offset(from) + length(i, from) - labelBytes;
    ByteBuffer segment = segment(from);
    int label = (labelBytes == 1 ? segment.get(at) & 0xFF : (int) INT.get(segment, at)) - 1;
    if (label < Samples.UNLABELLED || label > mostLabel) {
      throw PackedFooter.bad(name, "the label of sample " + i + " cannot be " + label);
    }
    return label;
  }

  @Override
  public void write(int i, float[] features, int to) {
    long from = from(Objects.checkIndex(i, count));
    ByteBuffer segment = segment(from);
    int at = offset(from);
    int size = schema.shape().size();
    switch (schema.kind()) {
      case FLOATS -> get(segment, at, size, features, to);
      case PIXELS -> {
        byte[] pixels = new byte[size];
        segment.get(at, pixels);
        PixelValues.write(pixels, 0, size, features, to);
      }
      case SPARSE -> {
        Arrays.fill(features, to, to + size, 0f);
        for (int end = tail(i, from); at < end; at += Integer.BYTES + Float.BYTES) {
          int index = (int) INT.get(segment, at);
          if (index < 0 || index >= size) {
            throw PackedFooter.bad(name, "sample " + i + " has no feature " + index);
          }
          features[to + index] = (float) FLOAT.get(segment, at + Integer.BYTES);
        }
      }
    }
  }

  private static void get(ByteBuffer segment, int at, int values, float[] target, int to) {
    segment
        .slice(at, values * Float.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(target, to, values);
  }

  @Override
  public void writeTargets(int i, float[] targets, int to) {
    long from = from(Objects.checkIndex(i, count));
    get(segment(from), tail(i, from), schema.targets(), targets, to);
  }

  @Override
  public float target(int i, int j) {
    long from = from(Objects.checkIndex(i, count));
    int at = tail(i, from) + Objects.checkIndex(j, schema.targets()) * Float.BYTES;
    return (float) FLOAT.get(segment(from), at);
  }

  @Override
  public float weight(int i) {
    Objects.checkIndex(i, count);
    if (!schema.weighted()) {
      return 1f;
    }
    long from = from(i);
    return (float) FLOAT.get(segment(from), tail(i, from) + schema.targets() * Float.BYTES);
  }

  /** What is in memory can go to another machine or to Spark's disk; what is mapped cannot. */
  @SuppressWarnings("ByteBufferBackingArray") // what has an array wraps the whole of it
  private void writeObject(ObjectOutputStream out) throws IOException {
    out.defaultWriteObject();
    out.writeInt(segments.length);
    for (ByteBuffer segment : segments) {
      if (!segment.hasArray()) {
        throw new NotSerializableException("samples in a mapped file");
      }
      out.writeUnshared(segment.array());
    }
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    segments = new ByteBuffer[in.readInt()];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = ByteBuffer.wrap((byte[]) in.readUnshared());
    }
  }
}
