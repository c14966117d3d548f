package dev.tributary.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds what a run leaves, on any Hadoop filesystem: {@code job.conf}, {@code
 * model/}, {@code metrics.csv}, {@code summary.json}; and, while it goes on, a {@link Lease}.
 *
 * <p>Each file is written aside and renamed, so that a reader finds it whole or not at all.
 */
public final class RunDirectory {
  /** The job as it was run. */
  public static final String JOB = "job.conf";

  /** A line for each epoch and each logged step. */
  public static final String METRICS = "metrics.csv";

  /** How it ended, for programs. */
  public static final String SUMMARY = "summary.json";

  /** Who may write here now. */
  public static final String LEASE = "lease";

  /** Names the {@link #writer} that is to end after its step, which removes it when it hears. */
  public static final String STOP = "stop";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final FileSystem files;
  private final Path directory;

  private RunDirectory(FileSystem files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /**
   * Takes the lease for a new run.
   *
   * @param seconds that the lease holds without being renewed
   * @throws OccupiedException if something is here already
   * @throws LeaseException if another process is just writing it; the message names that process
   */
  public Lease begin(long seconds) throws IOException {
    if (isOccupied()) {
      if (has(LEASE)) {
        // Throws if whoever took it is still there.
        lease(seconds).take().close();
      }
      throw occupied();
    }
    Lease lease = lease(seconds).take();
    // Somebody may have come between the look and the lease.
    if (isOccupied()) {
      lease.close();
      throw occupied();
    }
    return lease;
  }

  private OccupiedException occupied() throws IOException {
    return new OccupiedException(directory.toString(), files.exists(path(SUMMARY)));
  }

  /**
   * The right to write here, which one process has at a time.
   *
   * @param seconds that it holds without being renewed
   */
  public Lease lease(long seconds) {
    return new Lease(files, path(LEASE), seconds);
  }

  /**
   * The process that writes here, in words; null if nobody does, or who did is known to be gone.
   */
  public @Nullable String writer() throws IOException {
    return new Lease(files, path(LEASE), 0).writer();
  }

  /** A directory that may hold a run. */
  public static RunDirectory open(String directory, Configuration hadoop) throws IOException {
    return at(directory, hadoop);
  }

  /** Whether it holds a file or directory of this name. */
  public boolean has(String name) throws IOException {
    return files.exists(path(name));
  }

  /** A text file's content; empty if there is none. */
  public String read(String name) throws IOException {
    if (!has(name)) {
      return "";
    }
    try (InputStream in = files.open(path(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** How the run ended, as its summary has it, such as {@code completed}; empty if it has none. */
  public String status() throws IOException {
    String summary = read(SUMMARY);
    return summary.isEmpty() ? "" : JSON.readTree(summary).path("status").asText();
  }

  /** The run's checkpoints. */
  public Checkpoints checkpoints() {
    return new Checkpoints(files, path(Checkpoints.NAME));
  }

  private static RunDirectory at(String directory, Configuration hadoop) throws IOException {
    Path path = new Path(directory);
    return new RunDirectory(path.getFileSystem(hadoop), path);
  }

  private boolean isOccupied() throws IOException {
    if (!files.exists(directory)) {
      return false;
    }
    FileStatus status = files.getFileStatus(directory);
    if (!status.isDirectory()) {
      return true;
    }
    return Arrays.stream(files.listStatus(directory))
        .anyMatch(file -> !file.getPath().getName().startsWith(LEASE));
  }

  /** The directory as it was named. */
  public String name() {
    return directory.toString();
  }

  /** A file or directory in it. */
  public Path path(String name) {
    return new Path(directory, name);
  }

  /** Writes a text file. */
  public void write(String name, String content) throws IOException {
    replace(files, path(name), out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** Removes a file, if it is there. */
  public void remove(String name) throws IOException {
    files.delete(path(name), false);
  }

  /** Writes {@code summary.json}. */
  public void writeSummary(Map<String, ?> summary) throws IOException {
    write(SUMMARY, json(summary));
  }

  /** Saves a model in {@code model/}. */
  public void writeModel(ModelDirectory model) throws IOException {
    model.write(files, path(ModelDirectory.NAME));
  }

  static String json(Map<String, ?> values) throws JsonProcessingException {
    return JSON.writeValueAsString(values) + "\n";
  }

  /** What writes a file's bytes. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a file aside and renames it to its place, over what may be there. */
  static void replace(FileSystem files, Path path, Content content) throws IOException {
    Path aside = new Path(path.getParent(), "." + path.getName() + ".tmp");
    try {
      try (OutputStream out = files.create(aside, true)) {
        content.writeTo(out);
      }
      // Hadoop's plain rename does not replace; between these calls an old file is merely missing.
      if (files.exists(path) && !files.delete(path, false)) {
        throw new IOException("cannot replace " + path);
      }
      if (!files.rename(aside, path)) {
        throw new IOException("cannot rename " + aside + " to " + path);
      }
    } catch (IOException e) {
      deleteQuietly(files, aside, e);
      throw e;
    }
  }

  /** What could not be written whole is no use, and takes room. */
  static void deleteQuietly(FileSystem files, Path aside, IOException why) {
    try {
      files.delete(aside, false);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }
}
