package dev.tributary.cli;

import dev.tributary.train.metrics.Evaluation;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Metrics as a person reads them. */
final class MetricText {
  private MetricText() {}

  /** The metrics that tell most: {@code accuracy 0.9912 loss 0.0301}. */
  static String line(Evaluation evaluation) {
    return evaluation.headline().entrySet().stream()
        .map(m -> String.format(Locale.ROOT, "%s %.4f", words(m.getKey()), m.getValue()))
        .collect(Collectors.joining("  "));
  }

  /** All metrics, a line each. */
  static String lines(Evaluation evaluation) {
    StringBuilder lines = new StringBuilder();
    for (Map.Entry<String, Double> metric : evaluation.metrics().entrySet()) {
      String line =
          String.format(Locale.ROOT, "%-14s %.4f%n", words(metric.getKey()), metric.getValue());
      lines.append(line);
    }
    return lines
        .append(String.format(Locale.ROOT, "%-14s %,d%n", "samples", evaluation.samples()))
        .toString();
  }

  private static String words(String name) {
    return name.replace('_', ' ');
  }
}
