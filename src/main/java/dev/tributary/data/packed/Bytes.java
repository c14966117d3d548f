package dev.tributary.data.packed;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of known length that is read at any place. */
public interface Bytes extends Closeable {
  /** The file's name, for messages. */
  String name();

  /** Its length in bytes. */
  long length();

  /**
   * Reads {@code n} bytes from a place.
   *
   * @throws EOFException if the file ends before
   */
  void read(long at, byte[] to, int off, int n) throws IOException;

  /** A file of this machine. */
  static Bytes of(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
    long length = channel.size();
    return new Bytes() {
      @Override
      public String name() {
        return path.toString();
      }

      @Override
      public long length() {
        return length;
      }

      @Override
      public void read(long at, byte[] to, int off, int n) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(to, off, n);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, at + n - buffer.remaining()) < 0) {
            throw new EOFException();
          }
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
