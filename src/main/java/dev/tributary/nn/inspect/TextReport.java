package dev.tributary.nn.inspect;

import java.util.Locale;

/** An inspection for a terminal. */
public final class TextReport {
  private static final int WIDTH = 100;

  private final StringBuilder text = new StringBuilder();

  private TextReport() {}

  /** The whole report. */
  public static String of(Inspection inspection) {
    TextReport report = new TextReport();
    report.table(inspection);
    inspection.sentences().forEach(s -> report.add("%s%n", s));
    if (inspection.explained()) {
      Inspection.INTRODUCTION.forEach(report::paragraph);
      inspection.costs().forEach(layer -> report.explain(inspection, layer));
    }
    return report.text.toString();
  }

  private void table(Inspection inspection) {
    add(
        "%s: reads %s%n%n%3s  %-52s %10s %12s %15s %11s%n",
        inspection.title(),
        inspection.network().input(),
        "",
        "layer",
        "gives",
        "weights",
        "multiply-adds",
        "activations");
    inspection.costs().forEach(cost -> row(Integer.toString(cost.index()), name(cost), cost));
    row("", "in all", inspection.total());
    add("%n");
  }

  private static String name(LayerCost cost) {
    return cost.name() + (cost.reads().isEmpty() ? "" : " of " + cost.reads());
  }

  private void row(String index, String name, LayerCost cost) {
    add(
        "%3s  %-52s %10s %,12d %,15d %11s%n",
        index,
        name,
        cost.output(),
        cost.weights(),
        cost.multiplyAdds(),
        Bytes.of(cost.activationBytes()));
  }

  private void paragraph(String words) {
    add("%n");
    int column = 0;
    for (String word : words.split(" ", -1)) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        add("%n");
        column = 0;
      }
      add(column == 0 ? "%s" : " %s", word);
      column += word.length() + (column == 0 ? 0 : 1);
    }
    add("%n");
  }

  private void explain(Inspection inspection, LayerCost cost) {
    add("%n%3d  %s%n       %s%n", cost.index(), name(cost), inspection.arrays(cost.index()));
    for (Inspection.Line line : inspection.lines(cost.index())) {
      if (line.dimensions().isEmpty()) {
        add("       %s%n", line.formula());
      } else {
        add("       %-14s %s%n", line.formula(), line.dimensions());
      }
    }
  }

  private void add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
