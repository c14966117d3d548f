package dev.tributary.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPOutputStream;

/** IDX files made by hand. */
public final class TestIdx {
  private TestIdx() {}

  /** A header: the magic number, then the dimensions. */
  public static byte[] header(int magic, int... dimensions) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dimensions.length);
    buffer.putInt(magic);
    for (int d : dimensions) {
      buffer.putInt(d);
    }
    return buffer.array();
  }

  /** Images whose pixels count up: 0, 1, 2, …. */
  public static byte[] images(int count, int height, int width) {
    byte[] header = header(0x00000803, count, height, width);
    byte[] file = java.util.Arrays.copyOf(header, header.length + count * height * width);
    for (int i = 0; i < count * height * width; i++) {
      file[header.length + i] = (byte) i;
    }
    return file;
  }

  public static byte[] labels(int... labels) {
    byte[] header = header(0x00000801, labels.length);
    byte[] file = java.util.Arrays.copyOf(header, header.length + labels.length);
    for (int i = 0; i < labels.length; i++) {
      file[header.length + i] = (byte) labels[i];
    }
    return file;
  }

  public static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
