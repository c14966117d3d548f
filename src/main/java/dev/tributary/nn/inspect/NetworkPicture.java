package dev.tributary.nn.inspect;

import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A network as SVG: its layers from top to bottom, an arrow from each to those that read it; what
 * passes others by goes round them on the right, in lanes that do not meet.
 */
public final class NetworkPicture {
  private static final int BOX_WIDTH = 330;
  private static final int BOX_HEIGHT = 38;
  private static final int ROW = 60;
  private static final int LEFT = 12;
  private static final int TOP = 12;
  private static final int LANE = 18;
  private static final int RIGHT = LEFT + BOX_WIDTH;

  /** A connection that passes layers by. */
  private record Bypass(int from, int to, int lane) {}

  private final Network network;
  private final StringBuilder svg = new StringBuilder();

  private NetworkPicture(Network network) {
    this.network = network;
  }

  /** The picture as an {@code <svg>} element. */
  public static String of(Network network) {
    return new NetworkPicture(network).draw();
  }

  private String draw() {
    List<Bypass> bypasses = bypasses();
    int lanes = bypasses.stream().mapToInt(b -> b.lane() + 1).max().orElse(0);
    int width = RIGHT + LEFT + LANE * (lanes + (lanes > 0 ? 1 : 0));
    int height = TOP + ROW * (network.nodes().size() + 1);
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">%n"
            + "<title>the network, from its input to its output</title>%n"
            + "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\""
            + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 8 Z\" fill=\"#7a8594\"/>"
            + "</marker></defs>%n",
        width, height, width, height);
    box(Network.INPUT, "input", network.input().toString(), "#eef1f5");
    for (int i = 0; i < network.layers().size(); i++) {
      Layer layer = network.layers().get(i);
      String name = i + "  " + firstWords(layer.describe());
      box(i, name, layer.output().toString(), colour(layer));
      if (network.nodes().get(i).inputs().contains(i - 1)) {
        add(
            "<path d=\"M%d %d V%d\" stroke=\"#7a8594\" fill=\"none\" marker-end=\"url(#arrow)\"/>%n",
            LEFT + BOX_WIDTH / 2, y(i - 1) + BOX_HEIGHT, y(i));
      }
    }
    bypasses.forEach(this::arrow);
    return svg.append("</svg>").toString();
  }

  /** Connections from other layers than the one before, each in the first lane that is free. */
  private List<Bypass> bypasses() {
    List<Bypass> bypasses = new ArrayList<>();
    for (int i = 0; i < network.nodes().size(); i++) {
      for (int from : network.nodes().get(i).inputs()) {
        if (from != i - 1) {
          bypasses.add(new Bypass(from, i, freeLane(bypasses, from, i)));
        }
      }
    }
    return bypasses;
  }

  private static int freeLane(List<Bypass> taken, int from, int to) {
    int lane = 0;
    while (isTaken(taken, lane, from, to)) {
      lane++;
    }
    return lane;
  }

  private static boolean isTaken(List<Bypass> taken, int lane, int from, int to) {
    return taken.stream().anyMatch(b -> b.lane() == lane && b.from() < to && from < b.to());
  }

  private void arrow(Bypass b) {
    int out = RIGHT + LANE * (b.lane() + 1);
    add(
        "<path d=\"M%d %d H%d Q%d %d %d %d V%d Q%d %d %d %d H%d\" stroke=\"#2f7bbf\" fill=\"none\""
            + " marker-end=\"url(#arrow)\"/>%n",
        RIGHT,
        y(b.from()) + 25,
        out - 8,
        out,
        y(b.from()) + 25,
        out,
        y(b.from()) + 33,
        y(b.to()) + 5,
        out,
        y(b.to()) + 13,
        out - 8,
        y(b.to()) + 13,
        RIGHT);
  }

  private void box(int i, String name, String shape, String fill) {
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"%s\""
            + " stroke=\"#b9c2cd\"/>%n"
            + "<text x=\"%d\" y=\"%d\" fill=\"#1c2430\">%s</text>%n"
            + "<text x=\"%d\" y=\"%d\" fill=\"#55606e\" text-anchor=\"end\">%s</text>%n",
        LEFT,
        y(i),
        BOX_WIDTH,
        BOX_HEIGHT,
        fill,
        LEFT + 10,
        y(i) + 24,
        Markup.escaped(name),
        RIGHT - 10,
        y(i) + 24,
        Markup.escaped(shape));
  }

  private static int y(int node) {
    return TOP + ROW * (node + 1);
  }

  /** Shapes follow a comma, and are drawn beside. */
  private static String firstWords(String description) {
    String words = description.split(",", 2)[0];
    return words.length() > 32 ? words.substring(0, 31) + "…" : words;
  }

  private static String colour(Layer layer) {
    return layer.parameters().isEmpty() ? "#ffffff" : "#e2effa";
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
