package dev.tributary.cli;

import dev.tributary.job.Job;
import dev.tributary.job.TableSpec;
import dev.tributary.spark.Distributions;
import dev.tributary.tensor.Shape;
import dev.tributary.train.metrics.StabilityIndex;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A retrain's {@code report.html}: one page by itself, without scripts. */
final class RetrainReport {
  /** Features listed in the table, those that moved most. */
  private static final int LISTED = 10;

  /** Of those, the ones whose distributions are drawn; and answers, where they are many. */
  private static final int DRAWN = 4;

  private static final int BINS = 10;

  private final Job job;
  private final int version;
  private final Map<String, Object> details;
  private final RetrainDecision decision;
  private final RetrainRun.Result result;

  RetrainReport(
      Job job,
      int version,
      Map<String, Object> details,
      RetrainDecision decision,
      RetrainRun.Result result) {
    this.job = job;
    this.version = version;
    this.details = details;
    this.decision = decision;
    this.result = result;
  }

  String html() {
    return """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>%1$s, version %2$d</title>
        <style>
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em }
        table { border-collapse: collapse; margin: 1em 0 }
        td, th { border-bottom: 1px solid #ccc; padding: .2em .8em; text-align: right }
        td:first-child, th:first-child { text-align: left }
        table.facts td { text-align: left; overflow-wrap: anywhere }
        figure { display: inline-block; margin: .5em 1.5em .5em 0; vertical-align: top }
        figcaption { font-size: 13px; color: #555 }
        .yes { color: #06612a } .no { color: #8a4b00 }
        </style></head><body>
        <h1>%1$s, version %2$d</h1>
        <p class="%3$s"><strong>%4$s</strong>: %5$s.</p>
        %6$s%7$s%8$s</body></html>
        """
        .formatted(
            escape(job.name()),
            version,
            decision.promotes() ? "yes" : "no",
            decision.promotes() ? "Promoted to champion" : "The champion stays",
            escape(decision.why()),
            metrics(),
            drift(),
            provenance());
  }

  private static String escape(@Nullable Object text) {
    return String.valueOf(text).replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  private static String number(@Nullable Object value) {
    return value instanceof Number n
        ? String.format(Locale.ROOT, "%.4f", n.doubleValue())
        : value == null ? "" : escape(value);
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private String metrics() {
    Map<?, ?> challenger = map(details.get("metrics"));
    Map<?, ?> champion = map(details.get("champion_metrics"));
    StringBuilder rows = new StringBuilder();
    challenger.forEach(
        (metric, value) ->
            rows.append(row(escape(metric), number(value), number(champion.get(metric)))));
    Object before = details.get("champion_before");
    return "<h2>On the same held-out data</h2>\n"
        + table(
            List.of(
                "metric",
                "challenger, this version",
                before == null ? "no champion before" : "champion before, version " + before),
            rows);
  }

  private static String row(String... cells) {
    return "<tr><td>" + String.join("</td><td>", cells) + "</td></tr>\n";
  }

  private static String table(List<String> heads, CharSequence rows) {
    return "<table><tr><th>"
        + String.join("</th><th>", heads)
        + "</th></tr>\n"
        + rows
        + "</table>\n";
  }

  private String drift() {
    Distributions before = result.drift().before();
    Distributions now = result.drift().now();
    if (before == null) {
      return "<h2>Drift</h2>\n<p>There is no older data to compare the new with.</p>\n";
    }
    double[] features = before.featuresTo(now);
    double[] answers = before.answersTo(now);
    double[] predictions = before.predictionsTo(now);
    StringBuilder rows = new StringBuilder();
    for (int j = 0; j < Math.min(LISTED, answers.length); j++) {
      String which = answers.length == 1 ? "" : " of output " + j;
      rows.append(index("predictions" + which, predictions[j]));
      rows.append(index("labels" + which, answers[j]));
    }
    List<Integer> moved =
        IntStream.range(0, features.length)
            .boxed()
            .sorted(Comparator.comparingDouble(f -> -features[f]))
            .limit(LISTED)
            .toList();
    moved.forEach(f -> rows.append(index(feature(f), features[f])));
    String seen =
        details.get("champion_before") == null
            ? "this version"
            : "the champion before, version " + details.get("champion_before");
    return "<h2>Drift: the new data against the older</h2>\n"
        + "<p>PSI, the population stability index: below "
        + StabilityIndex.SOME
        + " little has moved, from "
        + StabilityIndex.LARGE
        + " on much has. Predictions are those of "
        + seen
        + ". Of "
        + features.length
        + " features those that moved most:</p>\n"
        + table(List.of("distribution", "PSI", ""), rows)
        + plots(before, now, moved);
  }

  private String plots(Distributions before, Distributions now, List<Integer> moved) {
    String[] bins = names(now.classes() ? now.answerBins() : BINS);
    StringBuilder plots = new StringBuilder(RetrainPlots.legend());
    for (int j = 0; j < Math.min(DRAWN, now.answers()); j++) {
      String which = now.answers() == 1 ? "" : " of output " + j;
      String kind = now.classes() ? "classes" : "tenths of the older data";
      plots.append(
          RetrainPlots.shares(
              "labels" + which + ", " + kind, before.answer(j), now.answer(j), bins));
      plots.append(
          RetrainPlots.shares(
              "predictions" + which + ", " + kind, before.prediction(j), now.prediction(j), bins));
    }
    Shape input = job.model().preparation().input();
    if (input.isImage()) {
      plots.append(RetrainPlots.image(before.featuresTo(now), input.width() * input.channels()));
      return plots.toString();
    }
    for (int f : moved.subList(0, Math.min(DRAWN, moved.size()))) {
      plots.append(
          RetrainPlots.shares(
              feature(f) + ", tenths of the older data",
              before.feature(f),
              now.feature(f),
              names(BINS)));
    }
    return plots.toString();
  }

  private static String[] names(int bins) {
    return IntStream.range(0, bins).mapToObj(Integer::toString).toArray(String[]::new);
  }

  private String feature(int f) {
    Shape input = job.model().preparation().input();
    if (input.isImage()) {
      int pixel = f / input.channels();
      return "pixel (" + pixel / input.width() + ", " + pixel % input.width() + ")";
    }
    TableSpec table = job.data().table();
    return table != null && table.features().size() == input.size()
        ? escape(table.features().get(f))
        : "feature " + f;
  }

  private static String index(String what, double psi) {
    String word = psi < StabilityIndex.SOME ? "" : psi < StabilityIndex.LARGE ? "some" : "much";
    return row(what, String.format(Locale.ROOT, "%.3f", psi), word);
  }

  private String provenance() {
    StringBuilder rows = new StringBuilder();
    for (String key :
        List.of(
            "period",
            "start",
            "new",
            "new_samples",
            "old",
            "replayed_share",
            "steps",
            "stopped_because",
            "weights_sha256",
            "spark_version")) {
      Object value = details.get(key);
      if (value != null) {
        rows.append(row(key.replace('_', ' '), shown(value)));
      }
    }
    return "<h2>How it was made</h2>\n<table class=\"facts\">\n" + rows + "</table>\n";
  }

  /** Of long lists the first few. */
  private static String shown(Object value) {
    if (value instanceof List<?> list) {
      String first =
          String.join(", ", list.stream().limit(LISTED).map(RetrainReport::escape).toList());
      return list.size() > LISTED ? first + " and " + (list.size() - LISTED) + " more" : first;
    }
    return value instanceof Double ? number(value) : escape(value);
  }
}
