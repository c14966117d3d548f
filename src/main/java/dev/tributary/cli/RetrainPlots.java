package dev.tributary.cli;

import dev.tributary.train.metrics.StabilityIndex;
import java.util.Arrays;
import java.util.Locale;

/** A retrain report's pictures, as SVG: distributions side by side, and an image of the drift. */
final class RetrainPlots {
  private static final String OLDER = "#b9bec6";
  private static final String NEW = "#1f4e8c";
  private static final int HEIGHT = 110;
  private static final int BAR = 11;
  private static final int PIXEL = 10;

  private RetrainPlots() {}

  /**
   * Shares of the older data and of the new, bin by bin.
   *
   * @param title what is distributed
   * @param names of the bins; fewer names leave the last bins unnamed
   */
  static String shares(String title, double[] older, double[] now, String[] names) {
    int bins = now.length;
    int width = bins * (2 * BAR + 8) + 8;
    double most = Math.max(max(older), max(now));
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<figure><svg role=\"img\" aria-label=\"%1$s, older and new\" width=\"%2$d\""
                + " height=\"%3$d\">%n<line x1=\"0\" y1=\"%4$d.5\" x2=\"%2$d\" y2=\"%4$d.5\""
                + " stroke=\"#888\"/>%n",
            title,
            width,
            HEIGHT + 18,
            HEIGHT));
    for (int b = 0; b < bins; b++) {
      int x = 8 + b * (2 * BAR + 8);
      String what = b < names.length ? names[b] : "missing";
      svg.append(bar(x, older[b] / most, OLDER, what, older[b]));
      svg.append(bar(x + BAR, now[b] / most, NEW, what, now[b]));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"10\">%s</text>%n",
              x + BAR,
              HEIGHT + 13,
              b < names.length ? names[b] : "–"));
    }
    return svg.append("</svg><figcaption>")
        .append(title)
        .append(String.format("</figcaption></figure>%n"))
        .toString();
  }

  private static String bar(int x, double share, String colour, String bin, double value) {
    double height = share * (HEIGHT - 6);
    return String.format(
        Locale.ROOT,
        "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"><title>%s: %.4f</title>"
            + "</rect>%n",
        x,
        HEIGHT - height,
        BAR,
        height,
        colour,
        bin,
        value);
  }

  /** What the two colours mean. */
  static String legend() {
    return "<p><span style=\"color:"
        + OLDER
        + "\">■</span> older data <span style=\"color:"
        + NEW
        + "\">■</span> new data</p>\n";
  }

  /** The stability index of an image's pixels: the darker, the more has moved. */
  static String image(double[] psi, int columns) {
    double most = Math.max(StabilityIndex.LARGE, max(psi));
    int rows = (psi.length + columns - 1) / columns;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<figure><svg role=\"img\" aria-label=\"PSI of each feature\" width=\"%d\" height=\"%d\">%n",
            columns * PIXEL,
            rows * PIXEL));
    for (int f = 0; f < psi.length; f++) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\""
                  + " fill-opacity=\"%.3f\"/>%n",
              f % columns * PIXEL,
              f / columns * PIXEL,
              PIXEL,
              PIXEL,
              NEW,
              psi[f] / most));
    }
    return svg.append(
            String.format(
                Locale.ROOT,
                "</svg><figcaption>PSI of each feature, in its place on the image: white is 0, the"
                    + " darkest %.2f</figcaption></figure>%n",
                most))
        .toString();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
