package dev.tributary.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** NumPy's arrays made by hand, as numpy.save writes them. */
public final class TestNpy {
  private TestNpy() {}

  /** A header of version 1, padded to a multiple of 64 bytes. */
  public static byte[] header(String descr, String shape) {
    String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
    ByteBuffer buffer = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    buffer.put((byte) 1).put((byte) 0).putShort((short) length);
    buffer.put(
        (text + " ".repeat(length - text.length() - 1) + "\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    return buffer.array();
  }

  /** An array of little-endian float32. */
  public static byte[] floats(String shape, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return joined(header("<f4", shape), data.array());
  }

  /** An array of bytes. */
  public static byte[] bytes(String shape, byte... values) {
    return joined(header("|u1", shape), values);
  }

  /** An array of little-endian int64, as numpy has labels. */
  public static byte[] longs(String shape, long... values) {
    ByteBuffer data = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      data.putLong(value);
    }
    return joined(header("<i8", shape), data.array());
  }

  /** One behind the other. */
  public static byte[] joined(byte[] a, byte[] b) {
    return ByteBuffer.allocate(a.length + b.length).put(a).put(b).array();
  }
}
