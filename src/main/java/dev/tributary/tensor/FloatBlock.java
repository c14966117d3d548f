package dev.tributary.tensor;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@code float[]} that is serialised as raw little-endian bytes: Java's own serialisation of
 * arrays takes several times as long. Its first values may be bfloat16, which are sent as such.
 */
public final class FloatBlock implements Externalizable {
  private static final long serialVersionUID = 2L;

  /** Values copied at once: 64 KiB of bytes, and whole runs of {@link BFloat16}. */
  private static final int CHUNK = 4 * BFloat16.RUN;

  private float[] values;
  private int rounded;

  /** For deserialisation. */
  public FloatBlock() {
    this(new float[0]);
  }

  /** Wraps an array of float32; no copy is made. */
  public FloatBlock(float[] values) {
    this(values, 0);
  }

  /**
   * Wraps an array; no copy is made.
   *
   * @param rounded how many of its first values are bfloat16 already: what is not is rounded where
   *     it is sent, but not where it is read without
   */
  public FloatBlock(float[] values, int rounded) {
    this.values = values;
    this.rounded = rounded;
  }

  /** The wrapped array. */
  public float[] values() {
    return values;
  }

  /** How many of its first values are bfloat16. */
  public int rounded() {
    return rounded;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeInt(values.length);
    out.writeInt(rounded);
    byte[] bytes = chunk();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < rounded; from += CHUNK) {
      BFloat16.pack(values, from, Math.min(CHUNK, rounded - from), buffer.clear());
      out.write(bytes, 0, buffer.position());
    }
    for (int from = rounded; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      buffer.clear().asFloatBuffer().put(values, from, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    values = new float[in.readInt()];
    rounded = in.readInt();
    byte[] bytes = chunk();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < rounded; from += CHUNK) {
      int count = Math.min(CHUNK, rounded - from);
      in.readFully(bytes, 0, count * BFloat16.BYTES);
      BFloat16.unpack(buffer.clear(), values, from, count);
    }
    for (int from = rounded; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      in.readFully(bytes, 0, count * Float.BYTES);
      buffer.clear().asFloatBuffer().get(values, from, count);
    }
  }

  private byte[] chunk() {
    return new byte[Math.min(CHUNK, values.length) * Float.BYTES];
  }
}
