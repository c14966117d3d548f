package dev.tributary.cli;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.util.Progressable;

/** This machine's files at {@code full:///…}, on a disk where a model's weights do not fit. */
public final class FullDisk extends RawLocalFileSystem {
  /** Linux's device that is always full. */
  static final String DEVICE = "/dev/full";

  @Override
  public URI getUri() {
    return URI.create("full:///");
  }

  @Override
  public String getScheme() {
    return "full";
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    if (path.getName().contains("weights")) {
      return new FSDataOutputStream(createOutputStream(new Path(DEVICE), false), statistics);
    }
    return super.create(path, overwrite, bufferSize, replication, blockSize, progress);
  }
}
