package dev.tributary.cli;

import dev.tributary.spark.Distributions;
import dev.tributary.train.metrics.StabilityIndex;
import java.util.Arrays;
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

  /** A square's side in the picture of an image's features, in pixels. */
  private static final int SIDE = 10;

  private final String name;
  private final int version;
  private final Map<String, Object> details;
  private final RetrainDecision decision;
  private final RetrainRun.Result result;
  private final int imageWidth;

  /**
   * Of a retrain.
   *
   * @param imageWidth columns of a sample's image; 0 where samples are no images
   */
  RetrainReport(
      String name,
      int version,
      Map<String, Object> details,
      RetrainDecision decision,
      RetrainRun.Result result,
      int imageWidth) {
    this.name = name;
    this.version = version;
    this.details = details;
    this.decision = decision;
    this.result = result;
    this.imageWidth = imageWidth;
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
        .yes { color: #06612a } .no { color: #8a4b00 }
        </style></head><body>
        <h1>%1$s, version %2$d</h1>
        <p class="%3$s"><strong>%4$s</strong>: %5$s.</p>
        %6$s%7$s%8$s</body></html>
        """
        .formatted(
            escape(name),
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
    return "<h2>On the same held-out data</h2>\n"
        + table(List.of("metric", "challenger", "champion before"), rows);
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
    Distributions before = result.before();
    Distributions now = result.now();
    if (before == null) {
      return "<h2>Drift</h2>\n<p>There is no older data to compare the new with.</p>\n";
    }
    double[] features = before.featuresTo(now);
    StringBuilder rows = new StringBuilder();
    rows.append(index("predictions", before.predictionsTo(now)));
    rows.append(index("labels", before.labelsTo(now)));
    IntStream.range(0, features.length)
        .boxed()
        .sorted(Comparator.comparingDouble(f -> -features[f]))
        .limit(LISTED)
        .forEach(f -> rows.append(index(feature(f), features[f])));
    StringBuilder shares = new StringBuilder();
    for (int c = 0; c < now.classes(); c++) {
      shares.append(
          row(
              "class " + c,
              number(before.labelled(c)),
              number(now.labelled(c)),
              number(before.predicted(c)),
              number(now.predicted(c))));
    }
    return "<h2>Drift: the new data against the older</h2>\n"
        + "<p>PSI, the population stability index: below "
        + StabilityIndex.SOME
        + " little has moved, from "
        + StabilityIndex.LARGE
        + " on much has. The features that moved most:</p>\n"
        + table(List.of("distribution", "PSI", ""), rows)
        + plot(features)
        + table(
            List.of("shares", "labels, older", "labels, new", "predicted, older", "predicted, new"),
            shares);
  }

  private String feature(int f) {
    return imageWidth == 0
        ? "feature " + f
        : "pixel (" + f / imageWidth + ", " + f % imageWidth + ")";
  }

  private static String index(String what, double psi) {
    String word = psi < StabilityIndex.SOME ? "" : psi < StabilityIndex.LARGE ? "some" : "much";
    return row(what, String.format(Locale.ROOT, "%.3f", psi), word);
  }

  /** The features as an image, or a row of bars; darker, or higher, is more. */
  private String plot(double[] features) {
    double most = Math.max(StabilityIndex.LARGE, Arrays.stream(features).max().orElse(0));
    int columns = imageWidth == 0 ? features.length : imageWidth;
    int rows = (features.length + columns - 1) / columns;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            "<svg role=\"img\" aria-label=\"PSI of each feature\" width=\"%d\" height=\"%d\">%n",
            columns * SIDE, imageWidth == 0 ? 10 * SIDE : rows * SIDE));
    for (int f = 0; f < features.length; f++) {
      double share = features[f] / most;
      if (imageWidth == 0) {
        double height = share * 10 * SIDE;
        svg.append(bar(f * SIDE, 10 * SIDE - height, height, 1));
      } else {
        svg.append(bar(f % columns * SIDE, f / columns * SIDE, SIDE, share));
      }
    }
    return svg.append("</svg>\n").toString();
  }

  private static String bar(double x, double y, double height, double opacity) {
    return String.format(
        Locale.ROOT,
        "<rect x=\"%.0f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"#1f4e8c\""
            + " fill-opacity=\"%.3f\"/>%n",
        x,
        y,
        SIDE,
        height,
        opacity);
  }

  private String provenance() {
    StringBuilder rows = new StringBuilder();
    for (String key :
        List.of(
            "period",
            "start",
            "champion_before",
            "new",
            "old",
            "replayed_share",
            "steps",
            "stopped_because",
            "weights_sha256",
            "spark_version")) {
      Object value = details.get(key);
      if (value != null) {
        rows.append(row(key.replace('_', ' '), escape(value)));
      }
    }
    return "<h2>How it was made</h2>\n" + table(List.of("", ""), rows);
  }
}
