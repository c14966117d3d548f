package dev.tributary.spark.ml;

import dev.tributary.data.DataException;
import dev.tributary.format.Checkpoint;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.format.Checkpoints;
import dev.tributary.format.Lease;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.Job;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Checkpointing;
import dev.tributary.train.Snapshot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fit's checkpoints, in a directory of their own under {@code checkpointDir}: its name follows
 * from the job and the data, so that fits of other jobs or folds, which may run at the same time,
 * have others, and the same fit, begun again, finds its own. It goes when the fit ends well.
 */
final class FitCheckpoints implements TrainingRun.Keeper, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FitCheckpoints.class);

  /** How long another fit of the same job and data waits for one that is gone. */
  private static final long LEASE_SECONDS = 60;

  private final @Nullable String folder;
  private final Job job;
  private final Configuration hadoop;
  private final BooleanSupplier stop;
  private Map<String, String> identity = Map.of();
  private @Nullable Path own;
  private @Nullable CheckpointWriter writer;
  private @Nullable Lease lease;

  /**
   * Under this directory; null to keep none.
   *
   * @param stop whether the fit shall end after the step that it is making
   */
  FitCheckpoints(@Nullable String folder, Job job, Configuration hadoop, BooleanSupplier stop) {
    this.stop = stop;
    this.folder = folder;
    this.job = job;
    this.hadoop = hadoop;
  }

  /** Engine and data, by which a fit is told from another of the same job; known when it begins. */
  Map<String, String> identity() {
    return identity;
  }

  @Override
  public @Nullable Snapshot begin(Map<String, String> ofRun) {
    identity = Map.copyOf(ofRun);
    if (folder == null) {
      return null;
    }
    byte[] words = (job.text() + new TreeMap<>(ofRun)).getBytes(StandardCharsets.UTF_8);
    own = new Path(folder, "fit-" + DigestUtils.sha256Hex(words).substring(0, 32));
    try {
      lease = directory().lease(LEASE_SECONDS).take();
      Checkpoint newest = checkpoints().newest(LOG::warn).orElse(null);
      return newest == null ? null : newest.snapshot();
    } catch (IOException e) {
      throw new DataException("checkpointDir: cannot read " + own + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Checkpointing checkpointing(Map<String, String> ofRun) {
    if (folder == null) {
      return Checkpointing.NONE;
    }
    try {
      CheckpointWriter made =
          new CheckpointWriter(
              checkpoints(),
              Objects.requireNonNull(lease),
              job.training().checkpoint(),
              stop,
              new Checkpoint.Origin(job.text(), Map.copyOf(ofRun), Map.of()));
      writer = made;
      return made;
    } catch (IOException e) {
      throw new DataException("checkpointDir: cannot open " + own + ": " + e.getMessage(), e);
    }
  }

  private Checkpoints checkpoints() throws IOException {
    return directory().checkpoints();
  }

  private RunDirectory directory() throws IOException {
    return RunDirectory.open(Objects.requireNonNull(own).toString(), hadoop);
  }

  /** The fit ended well: what was kept for another try goes. */
  void completed() {
    close();
    if (own == null) {
      return;
    }
    try {
      own.getFileSystem(hadoop).delete(own, true);
    } catch (IOException e) {
      LOG.warn("checkpoints of a fit that is done stay in {}: {}", own, e.getMessage());
    }
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
      writer = null;
    }
    if (lease != null) {
      try {
        lease.close();
      } catch (IOException e) {
        LOG.warn("the lease of {} could not be given back: {}", own, e.getMessage());
      }
      lease = null;
    }
  }
}
