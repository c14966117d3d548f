package dev.tributary.format;

import java.io.IOException;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A filesystem on which nothing changes after so many changes: what a killed process leaves. */
final class FailingFileSystem extends FilterFileSystem {
  /** The process would be dead here. */
  static final class Killed extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private int left;

  FailingFileSystem(FileSystem files, int changes) {
    super(files);
    this.left = changes;
  }

  /** Whether it never came to the end of its changes. */
  boolean isAlive() {
    return left > 0;
  }

  private void change() throws IOException {
    if (left == 0 || --left == 0) {
      throw new Killed();
    }
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
    if (left == 0 || --left == 0) {
      // The file is there, and empty.
      out.close();
      throw new Killed();
    }
    return out;
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change();
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    change();
    return super.mkdirs(path);
  }
}
