package dev.tributary.spark.files;

import dev.tributary.data.DataException;
import dev.tributary.job.Redaction;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finding and opening files on any of Hadoop's filesystems; over {@code http} too, which knows
 * neither whether a file is there nor how long it is, and cannot be entered in the middle.
 */
final class HadoopFiles {
  /** The length of a file where the filesystem does not know it. */
  static final long UNKNOWN = -1;

  private HadoopFiles() {}

  /** The file of this name, its scheme and host included; null if there is none. */
  static @Nullable FileStatus find(String name, Configuration hadoop) {
    try {
      Path path = new Path(name);
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(path);
      if (status.isDirectory()) {
        return null;
      }
      if (status.getLen() < 0) {
        try (InputStream in = files.open(path)) {
          in.read();
        }
      }
      return status;
    } catch (FileNotFoundException e) {
      return null;
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("cannot look for " + shown(name) + ": " + e.getMessage(), e);
    }
  }

  /**
   * All that a glob means, by name; a name without its signs means itself.
   *
   * @throws DataException if there is nothing
   */
  static List<FileStatus> glob(String pattern, Configuration hadoop) {
    FileStatus @Nullable [] found;
    try {
      Path path = new Path(pattern);
      found = path.getFileSystem(hadoop).globStatus(path);
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("cannot look for " + shown(pattern) + ": " + e.getMessage(), e);
    }
    if (found == null || found.length == 0) {
      throw new DataException("nothing is at " + shown(pattern) + "; is the path right?");
    }
    return Arrays.stream(found).sorted().toList();
  }

  /** The files of a directory that are not hidden, by Hadoop's custom; a file means itself. */
  static List<FileStatus> children(FileStatus status, Configuration hadoop) throws IOException {
    if (!status.isDirectory()) {
      return List.of(status);
    }
    List<FileStatus> children = new ArrayList<>();
    for (FileStatus child : status.getPath().getFileSystem(hadoop).listStatus(status.getPath())) {
      String name = child.getPath().getName();
      if (!name.startsWith(".") && !name.startsWith("_")) {
        children.add(child);
      }
    }
    children.sort(null);
    return children;
  }

  /** A file's bytes from a place on. */
  static InputStream open(String file, long from, boolean seekable, Configuration hadoop)
      throws IOException {
    Path path = new Path(file);
    FSDataInputStream in = path.getFileSystem(hadoop).open(path);
    try {
      if (from > 0 && seekable) {
        in.seek(from);
      } else {
        in.skipNBytes(from);
      }
      return in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** A name for messages. */
  static String shown(String name) {
    return Redaction.ofAddresses(name);
  }
}
