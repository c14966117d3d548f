package dev.tributary.train;

import org.jspecify.annotations.Nullable;

/**
 * What a run does when it diverges: it ends, or it goes back to a place where all was well, in this
 * memory, and on from there with a smaller rate. It also tells when a loss is too large to be so by
 * chance.
 *
 * <p>Places are at step numbers that are multiples of an interval, so that the same job goes back
 * to the same one on any machine.
 */
final class Recovery {
  /** What the mean of the losses keeps of itself in a step. */
  private static final double MEMORY = 0.98;

  /** Steps whose losses tell nothing yet: the first are often large. */
  private static final int UNTOLD = 20;

  private static final String PLACE = "rollback.";

  /** A trainer's position, and the run's sums that belong to it. */
  private record Place(Trainer.Position position, double lossSum, double weightSum, Usual usual) {
    Place slower(double factor) {
      return new Place(position.slower(factor), lossSum, weightSum, usual);
    }
  }

  /**
   * The loss that steps have had.
   *
   * @param mean exponentially weighted, from 0
   * @param steps how many
   */
  private record Usual(double mean, long steps) {
    Usual with(double loss) {
      return new Usual(MEMORY * mean + (1 - MEMORY) * loss, steps + 1);
    }

    /** The mean without what it owes to its start from 0, as Adam's moments have it. */
    double value() {
      return mean / (1 - Math.pow(MEMORY, (double) steps));
    }
  }

  private final Rules.Divergence rules;
  private final Trainer trainer;
  private Usual usual = new Usual(0, 0);
  private @Nullable Place place;
  private int times;

  Recovery(Rules.Divergence rules, Trainer trainer) {
    this.rules = rules;
    this.trainer = trainer;
  }

  /** Before a step: keeps this place if it is time. */
  void keep(double lossSum, double weightSum) {
    if (rules.rollback() != null
        && (place == null || trainer.done() % rules.rollback().every() == 0)) {
      place = new Place(trainer.position(), lossSum, weightSum, usual);
    }
  }

  /**
   * Takes a step's loss in.
   *
   * @throws DivergedException if it is far above those before
   */
  void look(TrainedStep step) {
    if (rules.spike() == null || !(step.weight() > 0)) {
      return;
    }
    boolean isTold = usual.steps() >= UNTOLD && usual.value() > 0;
    if (isTold && step.loss() > rules.spike() * usual.value()) {
      throw DivergedException.ofSpike(step, usual.value(), rules.spike());
    }
    usual = usual.with(step.loss());
  }

  /**
   * Goes back, if the rules have it so and it can help.
   *
   * @return the sums of losses and of weights there
   * @throws DivergedException the one given, if it cannot
   */
  double[] goBack(DivergedException why, Observer observer) {
    Rules.Rollback how = rules.rollback();
    if (how == null || place == null || why.isInData()) {
      throw why;
    }
    if (times == how.most()) {
      throw why.after(times);
    }
    times++;
    Place back = place.slower(how.factor());
    place = back;
    usual = back.usual();
    trainer.moveTo(back.position());
    observer.rolledBack(why, trainer.done(), back.position().rateFactor());
    return new double[] {back.lossSum(), back.weightSum()};
  }

  /** Writes its state down, the place to go back to included. */
  void write(Snapshot to) {
    to.put("rollbacks", times);
    to.put("usual_loss.mean", usual.mean());
    to.put("usual_loss.steps", usual.steps());
    if (place != null) {
      Trainer.write(place.position(), to, PLACE);
      to.put(PLACE + "loss_sum", place.lossSum());
      to.put(PLACE + "weight_sum", place.weightSum());
      to.put(PLACE + "usual_loss.mean", place.usual().mean());
      to.put(PLACE + "usual_loss.steps", place.usual().steps());
    }
  }

  /** Takes a state as {@link #write} wrote it. */
  void read(Snapshot from) {
    times = Math.toIntExact(from.whole("rollbacks"));
    usual = new Usual(from.number("usual_loss.mean"), from.whole("usual_loss.steps"));
    if (rules.rollback() != null && from.has(PLACE + Snapshot.STEP)) {
      place =
          new Place(
              trainer.read(from, PLACE),
              from.number(PLACE + "loss_sum"),
              from.number(PLACE + "weight_sum"),
              new Usual(
                  from.number(PLACE + "usual_loss.mean"), from.whole(PLACE + "usual_loss.steps")));
    }
  }

  /** How often it went back. */
  int times() {
    return times;
  }
}
