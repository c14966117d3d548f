package dev.tributary.format;

import java.io.BufferedOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's checkpoints: {@code checkpoints/step-000000000123.ckpt}, and {@code best-….ckpt} apart.
 *
 * <p>Each is written aside, synchronised to the disk and renamed. Nothing says which is the latest:
 * a reader takes the newest one that is whole by its own checksum. So a store whose rename is a
 * copy is safe too: half a copy is not whole, the one before is, and old ones are deleted only when
 * a newer one is in its place.
 */
public final class Checkpoints {
  /** Their directory within a run's. */
  public static final String NAME = "checkpoints";

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern STEP = Pattern.compile("step-\\d{12}\\.ckpt");
  private static final Pattern BEST = Pattern.compile("best-\\d{12}\\.ckpt");

  private final FileSystem files;
  private final Path directory;

  Checkpoints(FileSystem files, Path directory) {
    this.files = files;
    this.directory = directory;
  }

  /**
   * Writes a checkpoint, and deletes old ones.
   *
   * @param isBest whether it is that of the best evaluation, of which one is kept
   * @param keep how many of the newest others are kept
   */
  public void write(Checkpoint checkpoint, boolean isBest, int keep) throws IOException {
    files.mkdirs(directory);
    String name =
        String.format("%s-%012d.ckpt", isBest ? "best" : "step", checkpoint.snapshot().step());
    Path path = new Path(directory, name);
    Path aside = new Path(directory, "." + name + ".tmp");
    try {
      try (FSDataOutputStream out = files.create(aside, true)) {
        BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
        CheckpointFile.write(checkpoint, buffered);
        buffered.flush();
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      }
      if (files.exists(path) && !files.delete(path, false)) {
        throw new IOException("cannot replace " + path);
      }
      if (!files.rename(aside, path)) {
        throw new IOException("cannot rename " + aside + " to " + path);
      }
    } catch (IOException e) {
      deleteQuietly(aside, e);
      throw e;
    }
    prune(isBest ? BEST : STEP, isBest ? 1 : keep);
  }

  /** Deletes old ones. What was written is safe by now, so a failure is not one of writing. */
  private void prune(Pattern kind, int keep) {
    try {
      List<Path> all = list(kind);
      for (Path old : all.subList(Math.min(keep, all.size()), all.size())) {
        files.delete(old, false);
      }
    } catch (IOException e) {
      LOG.warn("old checkpoints in {} could not be deleted: {}", directory, e.getMessage());
    }
  }

  private void deleteQuietly(Path aside, IOException why) {
    try {
      files.delete(aside, false);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /** Those of this kind, the newest first. */
  private List<Path> list(Pattern kind) throws IOException {
    List<Path> found = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        if (status.isFile() && kind.matcher(status.getPath().getName()).matches()) {
          found.add(status.getPath());
        }
      }
    } catch (FileNotFoundException e) {
      return found;
    }
    found.sort(Comparator.comparing(Path::getName).reversed());
    return found;
  }

  /** Whether there are any, whole or not. */
  public boolean exist() throws IOException {
    return !list(STEP).isEmpty();
  }

  /**
   * The newest whole one.
   *
   * @param damaged is told of each newer one that is not whole, and why
   */
  public Optional<Checkpoint> newest(Consumer<String> damaged) throws IOException {
    for (Path path : list(STEP)) {
      try (InputStream in = files.open(path)) {
        return Optional.of(CheckpointFile.read(in, files.getFileStatus(path).getLen()));
      } catch (IOException e) {
        damaged.accept(path + " is left out, as it is damaged: " + e.getMessage());
      }
    }
    return Optional.empty();
  }
}
