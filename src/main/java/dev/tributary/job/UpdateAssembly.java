package dev.tributary.job;

import com.typesafe.config.ConfigObject;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import dev.tributary.optim.SchedulePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link Assembly}'s part for what moves the weights: optimizer, clipping, average, schedule. */
final class UpdateAssembly {
  private UpdateAssembly() {}

  static Section optimizerSection(Section train) {
    return Assembly.typed(train.object("optimizer"), "optimizer", "train.optimizer");
  }

  static Optimizer optimizer(Section train, Section s) {
    Optimizer optimizer = s.checked("type", () -> optimizer(s));
    Section clip = train.section("clip", Assembly.known("train.clip"));
    if (clip.has("value")) {
      Optimizer before = optimizer;
      optimizer = clip.checked("value", () -> before.clippedByValue(clip.number("value")));
    }
    if (clip.has("norm")) {
      Optimizer before = optimizer;
      optimizer = clip.checked("norm", () -> before.clippedByNorm(clip.number("norm")));
    }
    return optimizer;
  }

  private static Optimizer optimizer(Section s) {
    double decay = s.number("weight_decay");
    return switch (s.text("type")) {
      case "adam" ->
          Optimizer.adam(s.number("beta1"), s.number("beta2"), s.number("epsilon"), decay);
      case "adamw" ->
          Optimizer.adamW(s.number("beta1"), s.number("beta2"), s.number("epsilon"), decay);
      case "nadam" ->
          Optimizer.nadam(
              s.number("beta1"),
              s.number("beta2"),
              s.number("epsilon"),
              s.number("momentum_decay"),
              decay);
      case "rmsprop" ->
          Optimizer.rmsprop(s.number("alpha"), s.number("epsilon"), s.number("momentum"), decay);
      case "adagrad" -> Optimizer.adagrad(s.number("epsilon"), decay);
      case "adadelta" -> Optimizer.adadelta(s.number("rho"), s.number("epsilon"), decay);
      case "lamb" ->
          Optimizer.lamb(s.number("beta1"), s.number("beta2"), s.number("epsilon"), decay);
      case "lars" -> Optimizer.lars(s.number("momentum"), s.number("trust"), decay);
      default -> Optimizer.sgd(s.number("momentum"), s.flag("nesterov"), decay);
    };
  }

  static @Nullable Average average(Section train) {
    return train.has("average")
        ? train.checked("average", () -> new Average(train.number("average")))
        : null;
  }

  /** One piece of a schedule: what it is, and how long, each once an epoch's steps are known. */
  private record Piece(SchedulePlan plan, Length length) {}

  /** A length in steps; infinite for what lasts to the end of the run. */
  private interface Length {
    double steps(int stepsPerEpoch);
  }

  /** One schedule, or several that follow each other. */
  static SchedulePlan schedule(Section train, Section optimizer) {
    double rate = optimizer.number("rate");
    optimizer.checked("rate", () -> Schedule.constant(rate));
    List<ConfigObject> given = train.objectOrObjects("schedule");
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      String path = given.size() == 1 ? "train.schedule" : "train.schedule[" + i + "]";
      Section s = Assembly.typed(given.get(i), "schedule", path);
      if (i < given.size() - 1 && !s.has("length")) {
        throw s.error(
            "type",
            path
                + ".length is missing: only the last schedule may last to the end of the run; give"
                + " the epochs (or steps, with unit = steps) after which the next one begins");
      }
      pieces.add(piece(s, rate));
    }
    return chain(List.copyOf(pieces));
  }

  private static SchedulePlan chain(List<Piece> pieces) {
    return (stepsPerEpoch, steps) -> {
      double[] starts = new double[pieces.size()];
      for (int i = 1; i < starts.length; i++) {
        starts[i] = starts[i - 1] + pieces.get(i - 1).length().steps(stepsPerEpoch);
      }
      Schedule whole = null;
      for (int i = starts.length - 1; i >= 0; i--) {
        long left = Math.max(1, steps - (long) starts[i]);
        Schedule own = pieces.get(i).plan().over(stepsPerEpoch, left);
        whole = whole == null ? own : own.then(starts[i + 1] - starts[i], whole);
      }
      return Objects.requireNonNull(whole);
    };
  }

  private static Piece piece(Section s, double rate) {
    boolean byEpoch = s.choice("unit", List.of("epochs", "steps")).equals("epochs");
    boolean everyEpoch = s.choice("per", List.of("step", "epoch")).equals("epoch");
    double length = s.has("length") ? s.positive("length") : Double.POSITIVE_INFINITY;
    // Numbers out of range are found now, on a run of any length.
    double anyLength = Double.isInfinite(length) ? 100 : length;
    s.checked("type", () -> schedule(s, rate, anyLength, 1));
    SchedulePlan plan =
        (stepsPerEpoch, steps) -> {
          double unit = byEpoch ? stepsPerEpoch : 1;
          Schedule schedule =
              schedule(s, rate, Double.isInfinite(length) ? (double) steps : length * unit, unit);
          return everyEpoch ? schedule.every(stepsPerEpoch) : schedule;
        };
    return new Piece(plan, stepsPerEpoch -> byEpoch ? length * stepsPerEpoch : length);
  }

  /**
   * A schedule in steps.
   *
   * @param length how long it lasts, in steps
   * @param unit the steps in what the job counts by
   */
  private static Schedule schedule(Section s, double rate, double length, double unit) {
    return switch (s.text("type")) {
      case "step" -> Schedule.step(rate, s.number("every") * unit, s.number("factor"));
      case "multi_step" -> {
        double[] at = s.numbers("at");
        for (int i = 0; i < at.length; i++) {
          at[i] *= unit;
        }
        yield Schedule.multiStep(rate, at, s.number("factor"));
      }
      case "exponential" -> Schedule.exponential(rate, unit, s.number("factor"));
      case "cosine" -> Schedule.cosine(rate, length, s.number("minimum"));
      case "polynomial" -> Schedule.polynomial(rate, length, s.number("power"));
      case "linear_warm_up" -> Schedule.linearWarmUp(rate, length, s.number("start_factor"));
      case "one_cycle" ->
          Schedule.oneCycle(
              rate, length, s.number("rise"), s.number("start_divisor"), s.number("end_divisor"));
      default -> Schedule.constant(rate);
    };
  }
}
