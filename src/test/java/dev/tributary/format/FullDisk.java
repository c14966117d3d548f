package dev.tributary.format;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A filesystem on which so many more bytes can be written. */
final class FullDisk extends FilterFileSystem {
  private long room;

  FullDisk(FileSystem files, long room) {
    super(files);
    this.room = room;
  }

  /** Somebody makes room. */
  synchronized void free(long bytes) {
    room = bytes;
  }

  private synchronized void take(int bytes) throws IOException {
    if (room < bytes) {
      throw new IOException("No space left on device");
    }
    room -= bytes;
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    FSDataOutputStream out =
        super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
    return new FSDataOutputStream(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            take(1);
            out.write(b);
          }

          @Override
          public void write(byte[] bytes, int from, int count) throws IOException {
            take(count);
            out.write(bytes, from, count);
          }

          @Override
          public void close() throws IOException {
            out.close();
          }
        },
        null);
  }
}
