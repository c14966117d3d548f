package dev.tributary.cli;

import dev.tributary.train.Evaluation;
import java.util.Locale;

/** An evaluation as a person reads it. */
final class EvaluationText {
  /** Beyond this many classes a table of all confusions is no longer read. */
  private static final int MOST_CLASSES = 20;

  private EvaluationText() {}

  static String of(Evaluation e) {
    StringBuilder text = new StringBuilder();
    add(text, "accuracy %.4f%n", e.accuracy());
    if (e.classes() > Evaluation.TOP) {
      add(text, "top 5    %.4f%n", e.topAccuracy());
    }
    add(text, "macro F1 %.4f%n", e.macroF1());
    add(text, "loss     %.4f%n", e.loss());
    add(text, "samples  %,d%n", e.samples());
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
    return text.toString();
  }

  private static void addConfusion(StringBuilder text, Evaluation e) {
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
