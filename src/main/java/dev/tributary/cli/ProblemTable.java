package dev.tributary.cli;

import dev.tributary.spark.preflight.Problem;
import java.util.List;

/** Problems as text: for each what is found, what is needed, and what to set. */
final class ProblemTable {
  /**
   * A longer cell, such as a sentence about a file, moves what is behind it in its own row alone.
   */
  private static final int WIDEST = 40;

  private final List<Problem> problems;

  ProblemTable(List<Problem> problems) {
    this.problems = problems;
  }

  /** Whether the run would fail. */
  boolean isFatal() {
    return problems.stream().anyMatch(Problem::isFatal);
  }

  /** Whether it would fail for bad data alone. */
  boolean isBadData() {
    return isFatal()
        && problems.stream().noneMatch(problem -> problem.kind() == Problem.Kind.ERROR);
  }

  /** The table; remedies, which are long and to be copied, stand on lines of their own. */
  String text() {
    int what = width("problem", problems.stream().map(Problem::what).toList());
    int found = width("found", problems.stream().map(Problem::found).toList());
    String columns = "%-7s  %-" + what + "s  %-" + found + "s  %s%n";
    StringBuilder text = new StringBuilder();
    text.append(String.format(columns, "", "problem", "found", "needed"));
    for (Problem p : problems) {
      text.append(
          String.format(
              columns, p.isFatal() ? "ERROR" : "warning", p.what(), p.found(), p.needed()));
      text.append(String.format("%7s  set: %s%n", "", p.remedy()));
    }
    return text.toString();
  }

  private static int width(String title, List<String> cells) {
    int widest = cells.stream().mapToInt(String::length).reduce(title.length(), Math::max);
    return Math.min(WIDEST, widest);
  }

  /** One line: how many problems, and what to do. */
  String verdict() {
    long fatal = problems.stream().filter(Problem::isFatal).count();
    if (problems.isEmpty()) {
      return "no problem found";
    }
    if (fatal == 0) {
      return "the run can begin; the warnings above tell what would make it better";
    }
    return String.format(
        "%d %s would end this run; the table above says what to set",
        fatal, fatal == 1 ? "problem" : "problems");
  }
}
