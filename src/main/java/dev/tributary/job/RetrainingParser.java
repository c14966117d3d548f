package dev.tributary.job;

import java.util.List;

/** Reads how a model is made of what has arrived since the last. */
final class RetrainingParser {
  private RetrainingParser() {}

  static Job.Retraining retraining(Section s) {
    double holdout = s.share("holdout");
    if (holdout == 0) {
      throw s.error(
          "holdout",
          s.path("holdout")
              + " = 0, expected it above 0: without data to compare them on, no"
              + " challenger can be found better");
    }
    double confidence = s.share("confidence");
    if (confidence < 0.5) {
      throw s.error(
          "confidence",
          s.path("confidence")
              + " = "
              + confidence
              + ", expected it from 0.5 to below 1, such as"
              + " 0.95");
    }
    return new Job.Retraining(
        s.optionalText("store"),
        s.optionalText("data"),
        s.choice("new_by", List.of("partition", "time")).equals("time"),
        s.choice("start", List.of("champion", "scratch")).equals("scratch"),
        s.share("replay"),
        s.integer("window", 1),
        holdout,
        new Job.Promotion(
            s.choice("test", List.of("mcnemar", "bootstrap")).equals("bootstrap"),
            confidence,
            s.notNegative("margin")),
        s.has("time_budget") ? (Double) s.positive("time_budget") : null,
        s.integer("lease", 1));
  }
}
