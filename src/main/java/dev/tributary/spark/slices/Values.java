package dev.tributary.spark.slices;

import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Some values in a row, in memory or as they came over the wire. */
interface Values {
  int count();

  /** What they are. */
  Wire wire();

  void copyTo(float[] out, int at);

  /** Adds them, and rounds the sums if they are bfloat16. */
  void addTo(float[] out);

  /** A part of an array, of float32 or of bfloat16. */
  @SuppressWarnings("ArrayRecordComponent") // a view, never compared
  record InArray(Wire wire, float[] array, int from, int count) implements Values {
    @Override
    public void copyTo(float[] out, int at) {
      System.arraycopy(array, from, out, at, count);
    }

    @Override
    public void addTo(float[] out) {
      if (wire == Wire.BF16) {
        BFloat16.add(out, 0, array, from, count);
        return;
      }
      for (int i = 0; i < count; i++) {
        out[i] += array[from + i];
      }
    }
  }

  /** Float32, little endian, in the rest of a buffer. */
  record InBuffer(ByteBuffer buffer) implements Values {
    /** Values added at once: 16 KiB, which stays in the first cache. */
    private static final int CHUNK = 1 << 12;

    @Override
    public Wire wire() {
      return Wire.F32;
    }

    @Override
    public int count() {
      return buffer.remaining() / Float.BYTES;
    }

    @Override
    public void copyTo(float[] out, int at) {
      floats().get(out, at, count());
    }

    @Override
    public void addTo(float[] out) {
      float[] chunk = new float[Math.min(CHUNK, count())];
      var floats = floats();
      for (int from = 0; from < out.length && floats.hasRemaining(); from += CHUNK) {
        int n = Math.min(CHUNK, floats.remaining());
        floats.get(chunk, 0, n);
        add(chunk, n, out, from);
      }
    }

    private static void add(float[] chunk, int n, float[] out, int from) {
      for (int i = 0; i < n; i++) {
        out[from + i] += chunk[i];
      }
    }

    private java.nio.FloatBuffer floats() {
      return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  }

  /** Bfloat16, packed in the rest of a buffer. */
  record Packed(ByteBuffer buffer) implements Values {
    @Override
    public Wire wire() {
      return Wire.BF16;
    }

    @Override
    public int count() {
      return buffer.remaining() / BFloat16.BYTES;
    }

    @Override
    public void copyTo(float[] out, int at) {
      BFloat16.unpack(buffer.duplicate(), out, at, count());
    }

    @Override
    public void addTo(float[] out) {
      BFloat16.addPacked(buffer.duplicate(), out, 0, count());
    }
  }
}
