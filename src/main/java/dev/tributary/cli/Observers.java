package dev.tributary.cli;

import dev.tributary.train.DivergedException;
import dev.tributary.train.Observer;
import dev.tributary.train.TrainedStep;
import java.util.List;

/** Several observers as one. */
final class Observers implements Observer {
  private final List<Observer> all;

  Observers(Observer... all) {
    this.all = List.of(all);
  }

  @Override
  public void started(Start start) {
    all.forEach(o -> o.started(start));
  }

  @Override
  public void resumed(long steps) {
    all.forEach(o -> o.resumed(steps));
  }

  @Override
  public void stepped(TrainedStep step) {
    all.forEach(o -> o.stepped(step));
  }

  @Override
  public void reached(Milestone milestone) {
    all.forEach(o -> o.reached(milestone));
  }

  @Override
  public void rolledBack(DivergedException why, long to, double rateFactor) {
    all.forEach(o -> o.rolledBack(why, to, rateFactor));
  }
}
