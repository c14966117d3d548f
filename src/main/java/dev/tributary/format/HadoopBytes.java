package dev.tributary.format;

import dev.tributary.data.DataException;
import dev.tributary.data.packed.Bytes;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file on any Hadoop filesystem, read at any place. */
public final class HadoopBytes implements Bytes {
  private final Path path;
  private final long length;
  private final FSDataInputStream in;

  private HadoopBytes(Path path, long length, FSDataInputStream in) {
    this.path = path;
    this.length = length;
    this.in = in;
  }

  /**
   * Opens a file.
   *
   * @throws DataException if there is none
   */
  public static HadoopBytes open(String name, Configuration hadoop) throws IOException {
    Path path = new Path(name);
    FileSystem files = path.getFileSystem(hadoop);
    try {
      long length = files.getFileStatus(path).getLen();
      return new HadoopBytes(path, length, files.open(path));
    } catch (FileNotFoundException e) {
      throw new DataException(
          name + " is missing; fetch the packed directory again, or pack the data anew", e);
    }
  }

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
    // Seek and read, as reads at a place open a new connection each on some filesystems.
    if (in.getPos() != at) {
      in.seek(at);
    }
    in.readFully(to, off, n);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
