package dev.tributary.nn.inspect;

import java.util.Locale;

/** An inspection as Markdown, with its picture in it as SVG. */
public final class MarkdownReport {
  private final StringBuilder text = new StringBuilder();

  private MarkdownReport() {}

  /** The whole report. */
  public static String of(Inspection inspection) {
    MarkdownReport report = new MarkdownReport();
    report.add("# %s%n%n", escaped(inspection.title()));
    report.add(
        "| | layer | reads | gives | weights | multiply-adds a sample | activations a sample |%n"
            + "|--:|---|--:|--:|--:|--:|--:|%n");
    inspection
        .costs()
        .forEach(cost -> report.row(Integer.toString(cost.index()), cost.input(), cost));
    report.row("", "", inspection.total());
    report.add("%n");
    inspection.sentences().forEach(s -> report.add("- %s%n", escaped(s)));
    report.add("%n%s%n", NetworkPicture.of(inspection.network()));
    if (inspection.explained()) {
      Inspection.INTRODUCTION.forEach(p -> report.add("%n%s%n", p));
      inspection.costs().forEach(layer -> report.explain(inspection, layer));
    }
    return report.text.toString();
  }

  private void row(String index, String reads, LayerCost cost) {
    add(
        "| %s | %s | %s | %s | %,d | %,d | %s |%n",
        index,
        escaped(cost.name()),
        reads + (cost.reads().isEmpty() ? "" : " (" + cost.reads() + ")"),
        cost.output(),
        cost.weights(),
        cost.multiplyAdds(),
        Bytes.of(cost.activationBytes()));
  }

  private void explain(Inspection inspection, LayerCost cost) {
    add("%n## %d. %s%n%n", cost.index(), escaped(cost.name()));
    add("%s%n", inspection.arrays(cost.index()));
    for (Inspection.Line line : inspection.lines(cost.index())) {
      if (line.dimensions().isEmpty()) {
        add("%n%s%n", escaped(line.formula()));
      } else {
        add("%n    %-14s %s%n", line.formula(), line.dimensions());
      }
    }
  }

  private static String escaped(String words) {
    return words.replaceAll("([|*_<>\\[\\]`])", "\\\\$1");
  }

  private void add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
