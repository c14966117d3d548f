package dev.tributary.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * float32 rounded to bfloat16, which is its upper half: sign, 8 bits of exponent, 7 of fraction. To
 * the nearest, and to even between two; what lies beyond the largest becomes infinite, NaN stays
 * NaN and keeps its sign.
 *
 * <p>All is done on the bits, in runs that stay in the first cache: plain integer arithmetic on
 * {@code int[]} becomes vector instructions, which a loop over {@link Float#floatToRawIntBits} or
 * one that narrows to {@code short} does not (JDK 17). So bits are reached by copying whole runs
 * through two views of the same bytes, and packed two to an int.
 *
 * <p>Packed, a run of {@code n} values is {@code n / 2} ints, little endian: value i in the lower
 * half of int i, value {@code n / 2 + i} in its upper half; then the last value alone, if n is odd.
 */
public final class BFloat16 {
  /** Bytes of a packed value. */
  public static final int BYTES = 2;

  /** Values in a run, but for the last run: 16 KiB. */
  public static final int RUN = 1 << 12;

  private static final int INFINITY = 0x7f800000;
  private static final int QUIET = 0x00400000;
  private static final int UPPER = 0xffff0000;

  private BFloat16() {}

  /** One value rounded. */
  public static float round(float value) {
    return Float.intBitsToFloat(rounded(Float.floatToRawIntBits(value)));
  }

  /** Without branches, as these keep a loop from becoming vector instructions. */
  private static int rounded(int bits) {
    int ifNaN = (INFINITY - (bits & Integer.MAX_VALUE)) >> 31;
    int half = (0x7fff + ((bits >>> 16) & 1)) & ~ifNaN;
    return ((bits + half) | (QUIET & ifNaN)) & UPPER;
  }

  /** Rounds {@code values[from … to − 1]} where they are. */
  public static void round(float[] values, int from, int to) {
    Scratch scratch = new Scratch(to - from);
    for (int at = from; at < to; at += RUN) {
      int n = Math.min(RUN, to - at);
      scratch.floats.put(0, values, at, n);
      scratch.ints.get(0, scratch.lower, 0, n);
      round(scratch.lower, n);
      scratch.ints.put(0, scratch.lower, 0, n);
      scratch.floats.get(0, values, at, n);
    }
  }

  private static void round(int[] bits, int n) {
    for (int i = 0; i < n; i++) {
      bits[i] = rounded(bits[i]);
    }
  }

  /**
   * Adds {@code count} values to as many, in float32, and rounds the sums.
   *
   * @param sum to whose values from {@code at} on is added
   * @param addend of which values from {@code from} on are added
   */
  public static void add(float[] sum, int at, float[] addend, int from, int count) {
    Scratch scratch = new Scratch(count);
    for (int done = 0; done < count; done += RUN) {
      int n = Math.min(RUN, count - done);
      System.arraycopy(addend, from + done, scratch.right, 0, n);
      scratch.addTo(sum, at + done, n);
    }
  }

  /**
   * Writes values packed, rounding those that are not; in several calls, all but the last must be
   * of whole runs.
   *
   * @param out gets {@code BYTES * count} bytes at its position, which moves on
   */
  public static void pack(float[] values, int from, int count, ByteBuffer out) {
    Scratch scratch = new Scratch(count);
    for (int done = 0; done < count; done += RUN) {
      int n = Math.min(RUN, count - done);
      int half = n / 2;
      scratch.floats.put(0, values, from + done, n);
      scratch.ints.get(0, scratch.lower, 0, half);
      scratch.ints.get(half, scratch.upper, 0, half);
      join(scratch.lower, scratch.upper, half);
      scratch.ints.put(0, scratch.lower, 0, half);
      if (n % 2 == 1) {
        int last = rounded(Float.floatToRawIntBits(values[from + done + n - 1]));
        scratch.bytes.putShort(BYTES * (n - 1), (short) (last >>> 16));
      }
      out.put(scratch.array, 0, BYTES * n);
    }
  }

  private static void join(int[] lower, int[] upper, int n) {
    for (int i = 0; i < n; i++) {
      lower[i] = (rounded(lower[i]) >>> 16) | rounded(upper[i]);
    }
  }

  /**
   * Reads what {@link #pack} wrote, in as many calls of the same counts.
   *
   * @param in gives {@code BYTES * count} bytes from its position, which moves on
   */
  public static void unpack(ByteBuffer in, float[] out, int at, int count) {
    Scratch scratch = new Scratch(count);
    for (int done = 0; done < count; done += RUN) {
      int n = Math.min(RUN, count - done);
      scratch.unpack(in, n);
      scratch.floats.get(0, out, at + done, n);
    }
  }

  /**
   * Adds packed values to others, in float32, and rounds the sums.
   *
   * @param in gives {@code BYTES * count} bytes from its position, which moves on
   */
  public static void addPacked(ByteBuffer in, float[] sum, int at, int count) {
    Scratch scratch = new Scratch(count);
    for (int done = 0; done < count; done += RUN) {
      int n = Math.min(RUN, count - done);
      scratch.unpack(in, n);
      scratch.floats.get(0, scratch.right, 0, n);
      scratch.addTo(sum, at + done, n);
    }
  }

  /** Room for a run. */
  private static final class Scratch {
    final byte[] array;
    final ByteBuffer bytes;
    final FloatBuffer floats;
    final IntBuffer ints;
    final int[] lower;
    final int[] upper;
    final float[] left;
    final float[] right;

    Scratch(int count) {
      int run = Math.min(RUN, Math.max(0, count));
      array = new byte[run * Float.BYTES];
      bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
      floats = bytes.asFloatBuffer();
      ints = bytes.asIntBuffer();
      lower = new int[run];
      upper = new int[run];
      left = new float[run];
      right = new float[run];
    }

    /** Adds what {@code right} holds to n values, and rounds. */
    void addTo(float[] sum, int at, int n) {
      System.arraycopy(sum, at, left, 0, n);
      add(left, right, n);
      floats.put(0, left, 0, n);
      ints.get(0, lower, 0, n);
      round(lower, n);
      ints.put(0, lower, 0, n);
      floats.get(0, sum, at, n);
    }

    private static void add(float[] left, float[] right, int n) {
      for (int i = 0; i < n; i++) {
        left[i] += right[i];
      }
    }

    /** Leaves n values that come packed in {@code floats}. */
    void unpack(ByteBuffer in, int n) {
      int half = n / 2;
      in.get(array, 0, BYTES * n);
      ints.get(0, lower, 0, half);
      int last = n % 2 == 1 ? bytes.getShort(BYTES * (n - 1)) << 16 : 0;
      split(lower, upper, half);
      ints.put(0, lower, 0, half);
      ints.put(half, upper, 0, half);
      if (n % 2 == 1) {
        ints.put(n - 1, last);
      }
    }

    private static void split(int[] lower, int[] upper, int n) {
      for (int i = 0; i < n; i++) {
        upper[i] = lower[i] & UPPER;
        lower[i] <<= 16;
      }
    }
  }
}
