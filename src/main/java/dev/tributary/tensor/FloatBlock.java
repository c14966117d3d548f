package dev.tributary.tensor;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A {@code float[]} that is serialised as raw little-endian bytes: Java's own serialisation of
 * arrays takes several times as long.
 */
public final class FloatBlock implements Externalizable {
  private static final long serialVersionUID = 1L;

  /** Values copied at once: 64 KiB of bytes. */
  private static final int CHUNK = 1 << 14;

  private float[] values;

  /** For deserialisation. */
  public FloatBlock() {
    this(new float[0]);
  }

  /** Wraps an array; no copy is made. */
  public FloatBlock(float[] values) {
    this.values = values;
  }

  /** The wrapped array. */
  public float[] values() {
    return values;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeInt(values.length);
    byte[] bytes = new byte[Math.min(CHUNK, values.length) * Float.BYTES];
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      view.asFloatBuffer().put(values, from, count);
      out.write(bytes, 0, count * Float.BYTES);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    values = new float[in.readInt()];
    byte[] bytes = new byte[Math.min(CHUNK, values.length) * Float.BYTES];
    ByteBuffer view = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < values.length; from += CHUNK) {
      int count = Math.min(CHUNK, values.length - from);
      in.readFully(bytes, 0, count * Float.BYTES);
      view.asFloatBuffer().get(values, from, count);
    }
  }
}
