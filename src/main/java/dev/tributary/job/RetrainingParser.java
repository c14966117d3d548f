package dev.tributary.job;

import java.util.List;
import java.util.Locale;

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
        s.choice("new_store", List.of("allow", "refuse")).equals("allow"),
        arriving(s),
        s.choice("start", List.of("champion", "scratch")).equals("scratch"),
        s.share("replay"),
        s.integer("window", 1),
        holdout,
        new Job.Promotion(
            Job.Test.valueOf(
                s.choice("test", List.of("auto", "mcnemar", "bootstrap")).toUpperCase(Locale.ROOT)),
            confidence,
            s.notNegative("margin")),
        s.has("time_budget") ? (Double) s.positive("time_budget") : null,
        s.integer("lease", 1));
  }

  private static Job.Arriving arriving(Section s) {
    Job.NewBy by =
        Job.NewBy.valueOf(
            s.choice("new_by", List.of("partition", "time", "column")).toUpperCase(Locale.ROOT));
    String column = s.optionalText("column");
    if ((by == Job.NewBy.COLUMN) != (column != null)) {
      throw s.error(
          column == null ? "new_by" : "column",
          "retrain.new_by = column and retrain.column, the column whose values grow, go together");
    }
    return new Job.Arriving(
        s.optionalText("data"),
        by,
        column,
        s.integer("settle", 0),
        s.integer("late", 0),
        s.integer("least", 1));
  }

  /**
   * Refuses what does not go with the data's format.
   *
   * @param data the section of that name, for messages
   */
  static void check(Section s, Section data, Job.Retraining how, Job.DataSpec spec) {
    Job.NewBy by = how.arriving().by();
    if (how.arriving().data() == null) {
      return;
    }
    TableSpec table = spec.table();
    if (by == Job.NewBy.COLUMN && (table == null || table.features().isEmpty())) {
      throw s.error(
          "new_by",
          "retrain.new_by = column needs rows, such as data.format = parquet, and data.features:"
              + " the columns that the network reads, without retrain.column");
    }
    if (by != Job.NewBy.COLUMN && table != null && !TableSpec.FILES.contains(table.format())) {
      throw data.error(
          "format",
          "data.format = "
              + table.format()
              + " has no files that arrive; set retrain.new_by = column and retrain.column to one"
              + " whose values grow");
    }
  }
}
