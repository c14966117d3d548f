package dev.tributary.spark.pack;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.Utils;

/**
 * A folder for a task's files in one of the local directories that Spark's blocks are in (by {@code
 * spark.local.dir}, or what the cluster gives; those that could be made), gone when it is closed,
 * or with the process.
 */
final class LocalFolder implements Closeable {
  private final Path path;

  private LocalFolder(Path path) {
    this.path = path;
  }

  static LocalFolder create() {
    File[] roots = SparkEnv.get().blockManager().diskBlockManager().localDirs();
    File root = roots[ThreadLocalRandom.current().nextInt(roots.length)];
    File folder = Utils.createTempDir(root.getPath(), "tributary");
    return new LocalFolder(folder.toPath());
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(path);
  }
}
