package dev.tributary.cli;

import dev.tributary.data.DataException;
import dev.tributary.format.Checkpoint;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.Redaction;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Checkpointing;
import dev.tributary.train.Snapshot;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run's checkpoints: the one it goes on from, if any, and those it leaves. */
final class RunCheckpoints implements TrainingRun.Keeper, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunCheckpoints.class);
  private static final String ENGINE = "engine";

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
      String before = from.origin().identity().get(mine.getKey());
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
    String engine = from.origin().versions().get(ENGINE);
    String here = job.model().engine().provider().description();
    if (engine != null && !engine.equals(here)) {
      LOG.warn(
          "the run computed with {}, and goes on with {}: the weights will be as good, but not the"
              + " same bytes as of a run that never stopped",
          engine,
          here);
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
            new Checkpoint.Origin(
                Redaction.ofAddresses(job.text()), Map.copyOf(identity), versions()));
    writer = made;
    return made;
  }

  private Map<String, String> versions() {
    String version = Main.class.getPackage().getImplementationVersion();
    return Map.of(
        "tributary",
        version == null ? "development" : version,
        "spark",
        org.apache.spark.package$.MODULE$.SPARK_VERSION(),
        "java",
        Runtime.version().toString(),
        ENGINE,
        job.model().engine().provider().description());
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }
}
