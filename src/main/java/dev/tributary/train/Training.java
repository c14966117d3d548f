package dev.tributary.train;

import dev.tributary.train.Observer.Milestone;
import dev.tributary.train.metrics.Evaluation;
import java.util.Locale;
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

  private long samples;
  private long trainingNanos;
  private double lossSum;
  private double weightSum;
  private float @Nullable [] bestValues;
  private @Nullable Milestone best;

  /**
   * A run that has not begun.
   *
   * @param evaluator how weights do on data that they are not trained on; null if there is none
   */
  public Training(
      Trainer trainer,
      @Nullable Function<float[], Evaluation> evaluator,
      Rules rules,
      Observer observer) {
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

  /** Trains to the end. */
  public Result run() {
    long start = System.nanoTime();
    while (trainer.hasNext()) {
      TrainedStep step = next();
      if (step == null) {
        continue;
      }
      observer.stepped(step);
      String stopped = limit(step, start);
      boolean isLast = stopped != null || !trainer.hasNext();
      boolean isDue = evaluator != null && (isLast || rules.validate().isDue(step));
      if (!isLast && !isDue && !step.step().endsEpoch()) {
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

  private @Nullable String limit(TrainedStep step, long start) {
    Rules.Stop stop = rules.stop();
    if (stop.steps() != null && step.step().number() + 1 >= stop.steps()) {
      return String.format(Locale.ROOT, "step %,d is reached", stop.steps());
    }
    if (stop.minutes() != null && System.nanoTime() - start >= stop.minutes() * 60e9) {
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
