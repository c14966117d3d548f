package dev.tributary.cli;

import dev.tributary.format.RunDirectory;
import dev.tributary.train.Observer;
import dev.tributary.train.TrainedStep;
import dev.tributary.train.metrics.Evaluation;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code metrics.csv}: a line for each logged step, and one for each epoch or evaluation, whose
 * kind the first column tells. It is written whole at each epoch's end, as not every filesystem can
 * append.
 */
final class MetricsFile implements Observer, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(MetricsFile.class);

  private final RunClaim claim;
  private final int logEvery;
  private final List<String> metrics;
  private final StringBuilder lines = new StringBuilder();

  /** With a column for each of these metrics. */
  MetricsFile(RunClaim claim, int logEvery, List<String> metrics) {
    this.claim = claim;
    this.logEvery = logEvery;
    this.metrics = metrics;
  }

  @Override
  public void started(Start start) {
    lines.append("kind,epoch,step,rate,train_loss");
    metrics.forEach(name -> lines.append(',').append(start.evaluated()).append('_').append(name));
    lines.append('\n');
  }

  /** Keeps the lines of the run that goes on, up to where it does. */
  @Override
  public void resumed(long steps) {
    try {
      claim
          .directory()
          .read(RunDirectory.METRICS)
          .lines()
          .skip(1)
          .filter(line -> step(line) <= steps)
          .forEach(line -> lines.append(line).append('\n'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The step that a line is of; one cut short is of none. */
  private static long step(String line) {
    String[] cells = line.split(",", -1);
    try {
      return cells.length > 2 ? Long.parseLong(cells[2]) : Long.MAX_VALUE;
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  @Override
  public void stepped(TrainedStep step) {
    if (logEvery > 0 && step.samples() > 0 && (step.step().number() + 1) % logEvery == 0) {
      add("step", step, step.loss(), null);
    }
  }

  @Override
  public void reached(Milestone milestone) {
    TrainedStep last = milestone.last();
    String kind = last.step().endsEpoch() ? "epoch" : "evaluation";
    add(kind, last, milestone.trainLoss(), milestone.evaluation());
    try {
      write();
    } catch (IOException e) {
      LOG.warn(
          "{} could not be written, training goes on and it is tried again: {}",
          claim.directory().path(RunDirectory.METRICS),
          e.getMessage());
    }
  }

  private void add(
      String kind, TrainedStep step, double trainLoss, @Nullable Evaluation evaluation) {
    lines
        .append(kind)
        .append(',')
        .append(step.step().epoch() + 1)
        .append(',')
        .append(step.step().number() + 1)
        .append(',')
        .append(step.rate())
        .append(',')
        .append(trainLoss);
    for (String name : metrics) {
      lines.append(',').append(evaluation == null ? "" : evaluation.metrics().get(name));
    }
    lines.append('\n');
  }

  private void write() throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    claim.lease().check();
    claim.directory().write(RunDirectory.METRICS, lines.toString());
  }

  /** Writes the steps since the last epoch, which a failed run leaves. */
  @Override
  public void close() throws IOException {
    write();
  }
}
