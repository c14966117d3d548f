package dev.tributary.cli;

import dev.tributary.train.metrics.Classification;
import dev.tributary.train.metrics.Evaluation;
import dev.tributary.train.metrics.MultiLabel;
import java.util.Locale;

/** An evaluation as a person reads it. */
final class EvaluationText {
  /** Beyond this many classes a table of all confusions is no longer read. */
  private static final int MOST_CLASSES = 20;

  private EvaluationText() {}

  static String of(Evaluation e) {
    StringBuilder text = new StringBuilder(MetricText.lines(e));
    if (e instanceof Classification classes) {
      addClasses(text, classes);
    }
    if (e instanceof MultiLabel labels) {
      addLabels(text, labels);
    }
    return text.toString();
  }

  private static void addClasses(StringBuilder text, Classification e) {
    add(text, "%n%8s %9s %9s %9s %9s%n", "class", "precision", "recall", "F1", "samples");
    for (int c = 0; c < e.classes(); c++) {
      add(
          text,
          "%8d %9.4f %9.4f %9.4f %,9d%n",
          c,
          e.precision(c),
          e.recall(c),
          e.f1(c),
          e.support(c));
    }
    if (e.classes() <= MOST_CLASSES) {
      addConfusion(text, e);
    }
  }

  private static void addLabels(StringBuilder text, MultiLabel e) {
    String head = "%n%8s %9s %9s %9s %9s %9s%n";
    add(text, head, "output", "precision", "recall", "F1", "ROC area", "samples");
    for (int j = 0; j < e.outputs(); j++) {
      add(
          text,
          "%8d %9.4f %9.4f %9.4f %9.4f %,9d%n",
          j,
          e.precision(j),
          e.recall(j),
          e.f1(j),
          e.rocArea(j),
          e.support(j));
    }
  }

  private static void addConfusion(StringBuilder text, Classification e) {
    add(text, "%nof a class (rows), taken for (columns):%n%8s", "");
    for (int c = 0; c < e.classes(); c++) {
      add(text, " %6d", c);
    }
    for (int actual = 0; actual < e.classes(); actual++) {
      add(text, "%n%8d", actual);
      for (int predicted = 0; predicted < e.classes(); predicted++) {
        long count = e.confused(actual, predicted);
        add(text, " %6s", count == 0 ? "·" : Long.toString(count));
      }
    }
    text.append(System.lineSeparator());
  }

  private static void add(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
