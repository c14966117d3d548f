package dev.tributary.data.image;

import dev.tributary.data.BadRowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG: after eight bytes each is a length, a type, data and a CRC-32 of type and
 * data; the last is IEND. Java's reader does not look at the checksums. (W3C: "Portable Network
 * Graphics (PNG) Specification", section 5.)
 */
final class PngChunks {
  private static final long SIGNATURE = 0x89504E470D0A1A0AL;
  private static final int AROUND_DATA = 12;
  private static final int IEND = 0x49454E44;

  private PngChunks() {}

  static void check(byte[] png) throws BadRowException {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    if (png.length < Long.BYTES || bytes.getLong() != SIGNATURE) {
      throw damaged(0, "the signature is wrong");
    }
    CRC32 crc = new CRC32();
    while (true) {
      int at = bytes.position();
      if (bytes.remaining() < AROUND_DATA) {
        throw damaged(at, "it ends before its end is marked");
      }
      long length = Integer.toUnsignedLong(bytes.getInt());
      if (length > bytes.remaining() - 8) {
        throw damaged(at, "a chunk is longer than the rest of the file");
      }
      crc.reset();
      crc.update(png, at + 4, 4 + (int) length);
      int type = bytes.getInt();
      bytes.position(bytes.position() + (int) length);
      if (bytes.getInt() != (int) crc.getValue()) {
        String name = new String(png, at + 4, 4, StandardCharsets.ISO_8859_1);
        throw damaged(at, "chunk " + name.replaceAll("[^A-Za-z]", "?") + " has a wrong checksum");
      }
      if (type == IEND) {
        return;
      }
    }
  }

  private static BadRowException damaged(int at, String how) {
    return ImageDecoder.undecodable("a damaged png (" + how + ", at byte " + at + ")");
  }
}
