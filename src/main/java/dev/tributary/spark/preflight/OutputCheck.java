package dev.tributary.spark.preflight;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Whether there is a place to write to, and room in it. */
final class OutputCheck {
  private OutputCheck() {}

  /**
   * The problems of a run directory, which need not be there yet: the nearest directory above it is
   * written to, and cleaned up.
   *
   * @param bytes that a run leaves
   */
  static List<Problem> of(String directory, long bytes, Configuration hadoop) {
    try {
      Path path = new Path(directory);
      FileSystem files = path.getFileSystem(hadoop);
      Path there = path;
      while (there.getParent() != null && !files.exists(there)) {
        there = there.getParent();
      }
      if (!files.getFileStatus(there).isDirectory()) {
        return unwritable(directory, there + " is a file");
      }
      probe(files, there);
      return room(directory, files.getStatus(there).getRemaining(), bytes);
    } catch (IOException | IllegalArgumentException e) {
      return unwritable(directory, String.valueOf(e.getMessage()));
    }
  }

  private static void probe(FileSystem files, Path directory) throws IOException {
    Path probe = new Path(directory, ".tributary-probe-" + UUID.randomUUID());
    files.create(probe, false).close();
    files.delete(probe, false);
  }

  private static List<Problem> unwritable(String directory, String found) {
    return List.of(
        new Problem(
            Problem.Kind.ERROR,
            "run directory",
            found.lines().findFirst().orElse(""),
            "a directory that can be written to: " + directory,
            "-D run.dir=DIR"));
  }

  private static List<Problem> room(String directory, long free, long bytes) {
    List<Problem> problems = new ArrayList<>();
    if (free < bytes) {
      problems.add(
          new Problem(
              Problem.Kind.ERROR,
              "free disk",
              Size.words(free) + " where " + directory + " is",
              Size.words(bytes) + " for model and checkpoints",
              "free some, or -D run.dir=DIR elsewhere"));
    }
    return problems;
  }

  /** The problems of the disks where Spark puts shuffled data and what does not fit in memory. */
  static List<Problem> blocks(Cluster cluster, long dataBytes) {
    long each = dataBytes / Math.max(1, cluster.machines().size());
    for (Machine machine : cluster.machines()) {
      if (machine.freeDisk() < each) {
        return List.of(
            new Problem(
                Problem.Kind.ERROR,
                "free disk of " + machine.name(),
                Size.words(machine.freeDisk()),
                Size.words(each) + " for its part of the shuffled data",
                "--conf spark.local.dir=DIR elsewhere, or more executors"));
      }
    }
    return List.of();
  }
}
