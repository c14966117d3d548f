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
import java.util.regex.Matcher;
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
 * <p>Each is written aside, synchronised to the disk and renamed, to a name that nothing had: a
 * step that is made a second time, after the run went back, gives {@code step-000000000123.2.ckpt}.
 * Nothing says which is the latest: a reader takes the one of the highest step that is whole by its
 * own checksum. Others are deleted only when a newer one is in its place, those of higher steps
 * included, which are of a way that was given up.
 *
 * <p>So a store without an atomic rename is safe too. Where a rename is a copy and a deletion
 * (object stores), half a copy is not whole, and the one before is still there; where a file is
 * seen only when it was closed, nothing is seen before that; and where a listing comes late, it
 * shows an older checkpoint, from which the run comes to the same weights.
 */
public final class Checkpoints {
  /** Their directory within a run's. */
  public static final String NAME = "checkpoints";

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
  private static final Pattern STEP = Pattern.compile("step-(\\d{12})(?:\\.(\\d{1,6}))?\\.ckpt");
  private static final Pattern BEST = Pattern.compile("best-(\\d{12})(?:\\.(\\d{1,6}))?\\.ckpt");

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
    String kind = isBest ? "best" : "step";
    Path path = free(String.format("%s-%012d", kind, checkpoint.snapshot().step()));
    Path aside = new Path(directory, "." + path.getName() + ".tmp");
    try {
      try (FSDataOutputStream out = files.create(aside, true)) {
        BufferedOutputStream buffered = new BufferedOutputStream(out, 1 << 16);
        CheckpointFile.write(checkpoint, buffered);
        buffered.flush();
        if (out.hasCapability(StreamCapabilities.HSYNC)) {
          out.hsync();
        }
      }
      if (!files.rename(aside, path)) {
        throw new IOException("cannot rename " + aside + " to " + path);
      }
    } catch (IOException e) {
      RunDirectory.deleteQuietly(files, aside, e);
      throw e;
    }
    prune(isBest ? BEST : STEP, path, isBest ? 1 : keep);
  }

  private Path free(String name) throws IOException {
    Path path = new Path(directory, name + ".ckpt");
    for (int i = 2; files.exists(path); i++) {
      path = new Path(directory, name + "." + i + ".ckpt");
    }
    return path;
  }

  /**
   * Deletes those before the newest, and those of a way that was given up. What was written is safe
   * by now, so a failure is not one of writing.
   */
  private void prune(Pattern kind, Path newest, int keep) {
    try {
      List<Path> all = list(kind);
      int at = all.stream().map(Path::getName).toList().indexOf(newest.getName());
      for (int i = 0; i < all.size(); i++) {
        if (at >= 0 && (i < at || i >= at + keep)) {
          files.delete(all.get(i), false);
        }
      }
    } catch (IOException e) {
      LOG.warn("old checkpoints in {} could not be deleted: {}", directory, e.getMessage());
    }
  }

  /** One by its name. */
  private record Named(Path path, long step, int time) {}

  /** Those of this kind, the newest first. */
  private List<Path> list(Pattern kind) throws IOException {
    List<Named> found = new ArrayList<>();
    try {
      for (FileStatus status : files.listStatus(directory)) {
        Matcher name = kind.matcher(status.getPath().getName());
        if (status.isFile() && name.matches()) {
          int time = name.group(2) == null ? 1 : Integer.parseInt(name.group(2));
          found.add(new Named(status.getPath(), Long.parseLong(name.group(1)), time));
        }
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    found.sort(Comparator.comparingLong(Named::step).thenComparingInt(Named::time).reversed());
    return found.stream().map(Named::path).toList();
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
