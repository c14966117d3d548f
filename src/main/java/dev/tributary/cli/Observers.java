package dev.tributary.cli;

import dev.tributary.spark.TrainingRun;
import dev.tributary.train.TrainedStep;
import java.util.List;

/** Several observers as one. */
final class Observers implements TrainingRun.Observer {
  private final List<TrainingRun.Observer> all;

  Observers(TrainingRun.Observer... all) {
    this.all = List.of(all);
  }

  @Override
  public void started(TrainingRun.Start start) {
    all.forEach(o -> o.started(start));
  }

  @Override
  public void stepped(TrainedStep step) {
    all.forEach(o -> o.stepped(step));
  }

  @Override
  public void epochEnded(TrainingRun.Epoch epoch) {
    all.forEach(o -> o.epochEnded(epoch));
  }
}
