package dev.tributary.nn.inspect;

import java.util.Locale;

/** An inspection as a page of HTML that needs nothing beside it: no script, no font, no address. */
public final class HtmlReport {
  private static final String STYLE =
      """
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
             color: #1c2430; background: #fff; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1rem; margin: 1.6rem 0 0.2rem; }
      .two { display: flex; flex-wrap: wrap; gap: 2rem; align-items: flex-start; }
      .two > div:last-child { flex: 1 1 26rem; min-width: 0; }
      .scroll { overflow-x: auto; max-width: 100%; }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid #e3e7ec; }
      th:nth-child(2), td:nth-child(2) { text-align: left; }
      tr:last-child td { font-weight: 600; border-bottom: 0; }
      .formula td { text-align: left; border: 0; padding: 0.05rem 1.2rem 0.05rem 0; font: 14px/1.5 ui-monospace,
             monospace; font-weight: 400; white-space: nowrap; }
      .arrays, .note { margin: 0.1rem 0; color: #55606e; }
      svg { max-width: 100%; height: auto; }
      @media (prefers-color-scheme: dark) {
        body { color: #e4e8ee; background: #14181e; } th, td { border-color: #2c333d; }
        .arrays, .note { color: #9aa5b3; }
      }
      """;

  private final StringBuilder text = new StringBuilder();

  private HtmlReport() {}

  /** The whole page. */
  public static String of(Inspection inspection) {
    HtmlReport page = new HtmlReport();
    page.add(
        "<!DOCTYPE html>%n<html lang=\"en\">%n<head>%n<meta charset=\"utf-8\">%n"
            + "<meta name=\"viewport\" content=\"width=device-width\">%n<title>%s</title>%n"
            + "<style>%n%s</style>%n</head>%n<body>%n<h1>%s</h1>%n",
        Markup.escaped(inspection.title()), STYLE, Markup.escaped(inspection.title()));
    page.table(inspection);
    inspection.sentences().forEach(s -> page.add("<p class=\"note\">%s</p>%n", Markup.escaped(s)));
    page.add("<div class=\"two\">%n<div class=\"scroll\">%s</div>%n<div>%n", picture(inspection));
    if (inspection.explained()) {
      Inspection.INTRODUCTION.forEach(p -> page.add("<p>%s</p>%n", Markup.escaped(p)));
      inspection.costs().forEach(layer -> page.explain(inspection, layer));
    }
    page.add("</div>%n</div>%n</body>%n</html>%n");
    return page.text.toString();
  }

  private static String picture(Inspection inspection) {
    return NetworkPicture.of(inspection.network());
  }

  private void table(Inspection inspection) {
    add(
        "<div class=\"scroll\"><table>%n<tr><th></th><th>layer</th><th>reads</th><th>gives</th>"
            + "<th>weights</th><th>multiply-adds a sample</th><th>activations a sample</th></tr>%n");
    inspection.costs().forEach(cost -> row(Integer.toString(cost.index()), cost));
    row("", inspection.total());
    add("</table></div>%n");
  }

  private void row(String index, LayerCost cost) {
    add(
        "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%,d</td><td>%,d</td><td>%s</td></tr>%n",
        index,
        Markup.escaped(cost.name()),
        cost.input() + (cost.reads().isEmpty() ? "" : " (" + cost.reads() + ")"),
        cost.output(),
        cost.weights(),
        cost.multiplyAdds(),
        Bytes.of(cost.activationBytes()));
  }

  private void explain(Inspection inspection, LayerCost cost) {
    add("<h2>%d. %s</h2>%n", cost.index(), Markup.escaped(cost.name()));
    add("<p class=\"arrays\">%s</p>%n", Markup.escaped(inspection.arrays(cost.index())));
    add("<div class=\"scroll\"><table class=\"formula\">%n");
    for (Inspection.Line line : inspection.lines(cost.index())) {
      if (!line.dimensions().isEmpty()) {
        String formula = Markup.escaped(line.formula());
        add("<tr><td>%s</td><td>%s</td></tr>%n", formula, Markup.escaped(line.dimensions()));
      }
    }
    add("</table></div>%n");
    for (Inspection.Line line : inspection.lines(cost.index())) {
      if (line.dimensions().isEmpty()) {
        add("<p class=\"note\">%s</p>%n", Markup.escaped(line.formula()));
      }
    }
  }

  private void add(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values));
  }
}
