package dev.tributary.cli;

import dev.tributary.format.RunDirectory;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Evaluation;
import dev.tributary.train.TrainedStep;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * {@code metrics.csv}: a line for each logged step and one for each epoch, whose kind the first
 * column tells. It is written whole at the end of each epoch, as not every filesystem can append.
 */
final class MetricsFile implements TrainingRun.Observer, Closeable {
  private final RunDirectory directory;
  private final int logEvery;
  private final StringBuilder lines =
      new StringBuilder("kind,epoch,step,rate,train_loss,test_loss,test_accuracy\n");

  MetricsFile(RunDirectory directory, int logEvery) {
    this.directory = directory;
    this.logEvery = logEvery;
  }

  @Override
  public void stepped(TrainedStep step) {
    if (logEvery > 0 && step.samples() > 0 && (step.step().number() + 1) % logEvery == 0) {
      add("step", step, step.loss(), null);
    }
  }

  @Override
  public void epochEnded(TrainingRun.Epoch epoch) {
    add("epoch", epoch.last(), epoch.trainLoss(), epoch.test());
    try {
      write();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(
      String kind,
      TrainedStep step,
      double trainLoss,
      @org.jspecify.annotations.Nullable Evaluation test) {
    lines
        .append(kind)
        .append(',')
        .append(step.step().epoch() + 1)
        .append(',')
        .append(step.step().number() + 1)
        .append(',')
        .append(step.rate())
        .append(',')
        .append(trainLoss)
        .append(',')
        .append(test == null ? "" : test.loss())
        .append(',')
        .append(test == null ? "" : test.accuracy())
        .append('\n');
  }

  private void write() throws IOException {
    directory.write(RunDirectory.METRICS, lines.toString());
  }

  /** Writes the steps since the last epoch, which a failed run leaves. */
  @Override
  public void close() throws IOException {
    write();
  }
}
