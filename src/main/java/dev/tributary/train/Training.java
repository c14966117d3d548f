package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.train.Observer.Milestone;
import dev.tributary.train.metrics.Evaluation;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run from its first step to its last: steps, evaluations, and what follows from them. */
public final class Training {
  private final Trainer trainer;
  private final @Nullable Function<float[], Evaluation> evaluator;
  private final Rules rules;
  private final Observer observer;
  private final Watch keeping;
  private final Watch stopping;
  private final @Nullable Watch plateau;
  private final Recovery recovery;
  private final Checkpointing checkpoints;

  private long samples;
  private long trainingNanos;

  /** When it began; earlier by the time that it took before it went on. */
  private long startNanos = System.nanoTime();

  private double lossSum;
  private double weightSum;
  private float @Nullable [] bestValues;
  private @Nullable Milestone best;

  /** A run that has not begun, of which nothing is saved on the way. */
  public Training(
      Trainer trainer,
      @Nullable Function<float[], Evaluation> evaluator,
      Rules rules,
      Observer observer) {
    this(trainer, evaluator, rules, observer, Checkpointing.NONE);
  }

  /**
   * A run that has not begun.
   *
   * @param evaluator how weights do on data that they are not trained on; null if there is none
   */
  public Training(
      Trainer trainer,
      @Nullable Function<float[], Evaluation> evaluator,
      Rules rules,
      Observer observer,
      Checkpointing checkpoints) {
    this.checkpoints = checkpoints;
    this.trainer = trainer;
    this.evaluator = evaluator;
    this.rules = rules;
    this.observer = observer;
    this.keeping = new Watch(rules.metric(), 0);
    this.stopping = new Watch(rules.metric(), rules.stop().minChange());
    this.plateau =
        rules.plateau() == null ? null : new Watch(rules.metric(), rules.plateau().minChange());
    this.recovery = new Recovery(rules.divergence(), trainer);
  }

  /**
   * What a run came to.
   *
   * @param values the values to keep, weights and state; the receiver's own
   * @param steps steps made
   * @param samples samples that gradients were computed for
   * @param seconds spent on steps, evaluation not counted
   * @param last its last milestone
   * @param kept the milestone of the values
   * @param stopped why it ended before its last epoch; null if it did not
   * @param rollbacks how often it diverged and went back
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier for one hand-over, never compared
  public record Result(
      float[] values,
      long steps,
      long samples,
      double seconds,
      Milestone last,
      Milestone kept,
      @Nullable String stopped,
      int rollbacks) {}

  /** Where this run is, between two steps; what the trainer has of it may come later. */
  private CompletableFuture<Snapshot> snapshot() {
    Snapshot own = own();
    return trainer
        .keep()
        .thenApply(
            position -> {
              Snapshot all = new Snapshot();
              Trainer.write(position, all, "");
              all.putAll(own);
              return all;
            });
  }

  private Snapshot own() {
    Snapshot to = new Snapshot();
    to.put("samples", samples);
    to.put("seconds", trainingNanos / 1e9);
    to.put("wall_seconds", (System.nanoTime() - startNanos) / 1e9);
    to.put("loss_sum", lossSum);
    to.put("weight_sum", weightSum);
    keeping.write(to, "keeping");
    stopping.write(to, "stopping");
    if (plateau != null) {
      plateau.write(to, "plateau");
    }
    recovery.write(to);
    if (best != null && bestValues != null) {
      TrainedStep step = best.last();
      to.put("best.step", step.step().number());
      to.put("best.rate", step.rate());
      to.put("best.samples", step.samples());
      to.put("best.weight", step.weight());
      to.put("best.loss_sum", step.lossSum());
      to.put("best.train_loss", best.trainLoss());
      to.put("best.values", bestValues);
    }
    return to;
  }

  /**
   * Goes on from where a run of the same job was.
   *
   * @throws IllegalArgumentException if the snapshot is not of such a run
   */
  public void resume(Snapshot from) {
    trainer.moveTo(trainer.read(from, ""));
    samples = from.whole("samples");
    trainingNanos = Math.round(from.number("seconds") * 1e9);
    startNanos = System.nanoTime() - Math.round(from.number("wall_seconds") * 1e9);
    lossSum = from.number("loss_sum");
    weightSum = from.number("weight_sum");
    keeping.read(from, "keeping");
    stopping.read(from, "stopping");
    if (plateau != null) {
      plateau.read(from, "plateau");
    }
    recovery.read(from);
    if (rules.keepBest() && evaluator != null && from.has("best.step")) {
      bestValues = from.array("best.values", trainer.values().length);
      TrainedStep step =
          new TrainedStep(
              Step.of(from.whole("best.step"), trainer.stepsPerEpoch()),
              from.number("best.rate"),
              from.whole("best.samples"),
              from.number("best.weight"),
              from.number("best.loss_sum"));
      // An evaluation is a function of the weights: made again, it is the same.
      Evaluation evaluation = evaluator.apply(bestValues);
      best = new Milestone(step, from.number("best.train_loss"), evaluation, true);
    }
  }

  /** After a step that is not the last: saves where the run is if it is time, or ends it. */
  private void look(TrainedStep step, boolean isBest) {
    boolean isStopRequested = checkpoints.isStopRequested();
    boolean isDue = isStopRequested || checkpoints.isDue(step);
    boolean savesBest = isBest && checkpoints.keepsBest();
    if (isDue || savesBest) {
      if (isStopRequested) {
        // No step follows with which the state could come.
        trainer.values();
      }
      CompletableFuture<Snapshot> snapshot = snapshot();
      if (savesBest) {
        checkpoints.save(snapshot, true);
      }
      if (isDue) {
        checkpoints.save(snapshot, false);
      }
    }
    if (isStopRequested) {
      throw new StoppedException(step.step().number() + 1, trainer.steps());
    }
  }

  /**
   * Trains to the end.
   *
   * @throws StoppedException if it was asked to stop before that
   * @throws DivergedException if it diverged
   */
  public Result run() {
    while (trainer.hasNext()) {
      TrainedStep step = next();
      if (step == null) {
        continue;
      }
      observer.stepped(step);
      String stopped = limit(step);
      boolean isLast = stopped != null || !trainer.hasNext();
      boolean isDue = evaluator != null && (isLast || rules.validate().isDue(step));
      if (!isLast && !isDue && !step.step().endsEpoch()) {
        look(step, false);
        continue;
      }
      Milestone milestone = milestone(step, isDue);
      if (stopped == null && milestone.evaluation() != null) {
        stopped = judge(milestone.evaluation());
      }
      observer.reached(milestone);
      if (stopped != null || !trainer.hasNext()) {
        return result(milestone, step.step().number() + 1, trainer.hasNext() ? stopped : null);
      }
      look(step, milestone.isBest());
    }
    throw new IllegalStateException("a run has at least one step");
  }

  /** The next step; null if the run went back. */
  private @Nullable TrainedStep next() {
    recovery.keep(lossSum, weightSum);
    long before = System.nanoTime();
    try {
      TrainedStep step = trainer.next();
      recovery.look(step);
      samples += step.samples();
      lossSum += step.lossSum();
      weightSum += step.weight();
      return step;
    } catch (DivergedException e) {
      double[] sums = recovery.goBack(e, observer);
      lossSum = sums[0];
      weightSum = sums[1];
      return null;
    } finally {
      trainingNanos += System.nanoTime() - before;
    }
  }

  private Milestone milestone(TrainedStep step, boolean isDue) {
    double trainLoss = lossSum / weightSum;
    lossSum = 0;
    weightSum = 0;
    if (!isDue || evaluator == null) {
      return new Milestone(step, trainLoss, null, false);
    }
    Evaluation evaluation = evaluator.apply(trainer.values());
    boolean isBest = keeping.isBetter(rules.metric().of(evaluation));
    Milestone milestone = new Milestone(step, trainLoss, evaluation, isBest);
    if (isBest) {
      best = milestone;
      bestValues = rules.keepBest() ? trainer.values().clone() : null;
    }
    return milestone;
  }

  private @Nullable String limit(TrainedStep step) {
    Rules.Stop stop = rules.stop();
    if (stop.steps() != null && step.step().number() + 1 >= stop.steps()) {
      return String.format(Locale.ROOT, "step %,d is reached", stop.steps());
    }
    if (stop.minutes() != null && System.nanoTime() - startNanos >= stop.minutes() * 60e9) {
      return "its " + stop.minutes() + " minutes are over";
    }
    return null;
  }

  /** Whether an evaluation ends the run, and why; it may also lower the rate. */
  private @Nullable String judge(Evaluation evaluation) {
    double value = rules.metric().of(evaluation);
    lowerRate(value);
    stopping.isBetter(value);
    Rules.Stop stop = rules.stop();
    String name = rules.metric().name();
    if (stop.target() != null && rules.metric().reaches(value, stop.target())) {
      return String.format(Locale.ROOT, "%s is %.6g", name, value);
    }
    if (stop.patience() != null && stopping.waiting() >= stop.patience()) {
      return String.format(
          Locale.ROOT,
          "%s has not become better than %.6g in %d evaluations",
          name,
          stopping.best(),
          stopping.waiting());
    }
    return null;
  }

  private void lowerRate(double value) {
    if (plateau == null || rules.plateau() == null || plateau.isBetter(value)) {
      return;
    }
    if (plateau.waiting() > rules.plateau().patience()) {
      trainer.scaleRate(rules.plateau().factor());
      plateau.startOver();
    }
  }

  private Result result(Milestone last, long steps, @Nullable String stopped) {
    return new Result(
        bestValues == null ? trainer.values().clone() : bestValues,
        steps,
        samples,
        trainingNanos / 1e9,
        last,
        bestValues == null || best == null ? last : best,
        stopped,
        recovery.times());
  }
}
