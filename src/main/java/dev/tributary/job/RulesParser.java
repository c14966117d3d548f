package dev.tributary.job;

import dev.tributary.train.Interval;
import dev.tributary.train.Rules;
import dev.tributary.train.metrics.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads when a run evaluates, what it keeps, and when it ends early. */
final class RulesParser {
  private RulesParser() {}

  static Rules rules(Section train) {
    Section validate = train.section("validate", Assembly.known("train.validate"));
    boolean inEpochs = validate.choice("unit", List.of("epochs", "steps")).equals("epochs");
    Section stop = train.section("stop", Assembly.known("train.stop"));
    Rules.Stop stopping =
        new Rules.Stop(
            stop.has("patience") ? (Integer) stop.integer("patience", 1) : null,
            stop.notNegative("min_change"),
            stop.has("target") ? (Double) stop.number("target") : null,
            stop.has("steps") ? (Integer) stop.integer("steps", 1) : null,
            stop.has("minutes") ? (Double) stop.positive("minutes") : null);
    String keep = train.choice("keep", List.of("auto", "best", "last"));
    return new Rules(
        new Interval(validate.integer("every", 1), inEpochs),
        new Metric(train.text("metric")),
        keep.equals("best") || (keep.equals("auto") && stopping.patience() != null),
        stopping,
        plateau(train.section("on_plateau", Assembly.known("train.on_plateau"))),
        divergence(train));
  }

  private static Rules.Divergence divergence(Section train) {
    boolean goesBack =
        train.choice("on_divergence", List.of("stop", "rollback")).equals("rollback");
    Section s = train.section("rollback", Assembly.known("train.rollback"));
    double factor = s.positive("factor");
    if (factor >= 1) {
      throw s.error("factor", "train.rollback.factor = " + factor + ", expected it below 1");
    }
    Rules.Rollback rollback =
        new Rules.Rollback(s.integer("every", 1), factor, s.integer("most", 1));
    Double spike = train.has("loss_spike") ? (Double) train.positive("loss_spike") : null;
    if (spike != null && spike <= 1) {
      throw train.error("loss_spike", "train.loss_spike = " + spike + ", expected it above 1");
    }
    return new Rules.Divergence(goesBack ? rollback : null, spike);
  }

  private static Rules.@Nullable Plateau plateau(Section s) {
    if (!s.has("factor")) {
      return null;
    }
    double factor = s.positive("factor");
    if (factor >= 1) {
      throw s.error("factor", "train.on_plateau.factor = " + factor + ", expected it below 1");
    }
    return new Rules.Plateau(factor, s.integer("patience", 0), s.notNegative("min_change"));
  }
}
