package dev.tributary.cli;

import dev.tributary.nn.GradientFinding;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The findings of a gradient check as a table and a verdict. */
final class GradientReport {
  private final List<GradientFinding> findings;
  private final String engine;
  private final String job;

  /**
   * Of these findings, in the order of the layers.
   *
   * @param engine the name of the engine that was checked
   * @param job the job file
   */
  GradientReport(List<GradientFinding> findings, String engine, String job) {
    this.findings = findings;
    this.engine = engine;
    this.job = job;
  }

  /** Whether all gradients are within their tolerance. */
  boolean agrees() {
    return findings.stream().allMatch(f -> f.formulasAgree() && f.engineAgrees());
  }

  /** A line for each array. */
  String table() {
    int width = findings.stream().mapToInt(f -> f.function().length()).max().orElse(0);
    String columns = "%3s  %-" + width + "s  %-10s %7s %5s %8s %8s  %s%n";
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            columns, "", "layer", "by", "checked", "kinks", "formulas", "engine", "worst at"));
    for (GradientFinding f : findings) {
      table.append(
          String.format(
              columns,
              f.layer(),
              f.function(),
              f.variable(),
              f.checked(),
              f.kinks(),
              share(f.formulas().error()),
              share(f.engine().error()),
              remark(f)));
    }
    return table.toString();
  }

  private static String share(double error) {
    return error == 0 ? "0" : String.format(Locale.ROOT, "%.0e", error);
  }

  private static String remark(GradientFinding f) {
    if (!f.isJudged()) {
      return "not judged: too many kinks";
    }
    String place = f.place(worst(f).index());
    if (!f.formulasAgree()) {
      return place + " WRONG FORMULA";
    }
    return f.engineAgrees() ? place : place + " WRONG ENGINE";
  }

  /** The formulas' worst place if they are wrong, else the engine's. */
  private static GradientFinding.Worst worst(GradientFinding f) {
    return f.formulasAgree() ? f.engine() : f.formulas();
  }

  /** One line: that all agree, or what is wrong, and what to do. */
  String verdict() {
    if (agrees()) {
      return agreement();
    }
    boolean formulas = !findings.stream().allMatch(GradientFinding::formulasAgree);
    Predicate<GradientFinding> wrong = formulas ? f -> !f.formulasAgree() : f -> !f.engineAgrees();
    List<GradientFinding> all = findings.stream().filter(wrong).toList();
    // Mistakes spread from the loss towards the input.
    GradientFinding source = all.get(all.size() - 1);
    GradientFinding.Worst worst = formulas ? source.formulas() : source.engine();
    String others =
        all.size() == 1
            ? ""
            : String.format(
                " (and %d more above it in the table, which may follow from it)", all.size() - 1);
    return String.format(
        Locale.ROOT,
        "layer %d, %s: %s derivative by %s is %.6g, but the loss's slope there is %.6g, off by"
            + " %.1e of the largest where %.0e is allowed%s; %s",
        source.layer(),
        source.function(),
        formulas ? "the" : "engine " + engine + "'s",
        source.place(worst.index()),
        worst.claimed(),
        worst.slope(),
        worst.error(),
        formulas ? GradientFinding.FORMULAS_TOLERANCE : GradientFinding.ENGINE_TOLERANCE,
        others,
        formulas
            ? "its backward is not the derivative of its forward: compare both with what inspect"
                + " --explain "
                + job
                + " says"
            : "its formulas are right and its arithmetic is not: if more --samples do not help"
                + " (batch_norm of few cancels), train with another train.engine, and report it");
  }

  private String agreement() {
    int checked = findings.stream().mapToInt(GradientFinding::checked).sum();
    int kinks = findings.stream().mapToInt(GradientFinding::kinks).sum();
    long notJudged = findings.stream().filter(f -> !f.isJudged()).count();
    String text =
        String.format(
            Locale.ROOT,
            "gradients agree: %,d checked, formulas within %.0e and engine %s within %.0e of the"
                + " largest; %,d passed over for a kink",
            checked,
            GradientFinding.FORMULAS_TOLERANCE,
            engine,
            GradientFinding.ENGINE_TOLERANCE,
            kinks);
    return notJudged == 0
        ? text
        : text
            + String.format(
                Locale.ROOT,
                "; %d not judged, as more than %.0f%% of what was tried there are kinks",
                notJudged,
                100 * GradientFinding.MOST_KINKS);
  }
}
