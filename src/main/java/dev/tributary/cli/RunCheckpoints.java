package dev.tributary.cli;

import dev.tributary.data.DataException;
import dev.tributary.format.Checkpoint;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Checkpointing;
import dev.tributary.train.Snapshot;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A run's checkpoints: the one it goes on from, if any, and those it leaves. */
final class RunCheckpoints implements TrainingRun.Keeper, AutoCloseable {
  private final Job job;
  private final RunClaim claim;
  private final @Nullable Checkpoint from;
  private final BooleanSupplier stop;
  private @Nullable CheckpointWriter writer;

  RunCheckpoints(Job job, RunClaim claim, @Nullable Checkpoint from, BooleanSupplier stop) {
    this.job = job;
    this.claim = claim;
    this.from = from;
    this.stop = stop;
  }

  @Override
  public @Nullable Snapshot begin(Map<String, String> identity) {
    if (from == null) {
      return null;
    }
    for (Map.Entry<String, String> mine : identity.entrySet()) {
      String before = from.identity().get(mine.getKey());
      if (!mine.getValue().equals(before)) {
        String message =
            String.format(
                "%s is not what the run had that is to be resumed: was %s, is %s; give what it had,"
                    + " or begin another run with another run.dir",
                mine.getKey(), before, mine.getValue());
        throw mine.getKey().startsWith("data.")
            ? new DataException(message)
            : new JobException(message);
      }
    }
    return from.snapshot();
  }

  @Override
  public Checkpointing checkpointing(Map<String, String> identity) {
    CheckpointWriter made =
        new CheckpointWriter(
            claim.directory().checkpoints(),
            claim.lease(),
            job.training().checkpoint(),
            stop,
            job.text(),
            identity);
    writer = made;
    return made;
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }
}
