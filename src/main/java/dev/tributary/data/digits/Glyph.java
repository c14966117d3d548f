package dev.tributary.data.digits;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to write a digit: strokes, each the points that the pen passes through.
 *
 * <p>The digit stands in a box {@value #BOX} high, about 60 wide, with x to the right and y
 * downwards. As text, {@code x,y} is a point, {@code x,y!} a corner, where the pen turns at once,
 * and {@code /} lifts the pen: {@code "34,24 54,0! 52,100 / 30,100 72,100"} is a 1 with flag and
 * foot.
 */
final class Glyph {
  /** The height of the box. */
  static final double BOX = 100;

  private static final Pattern POINT = Pattern.compile("(-?\\d+),(-?\\d+)(!?)");

  private final double[] x;
  private final double[] y;
  private final boolean[] corner;
  private final int[] ends;

  private Glyph(double[] x, double[] y, boolean[] corner, int[] ends) {
    this.x = x;
    this.y = y;
    this.corner = corner;
    this.ends = ends;
  }

  /**
   * Reads the text.
   *
   * @throws IllegalArgumentException if something is not a point, or a stroke has only one
   */
  static Glyph parse(String text) {
    List<String> points = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (String stroke : text.split("/", -1)) {
      List<String> stops = List.of(stroke.strip().split(" +", -1));
      if (stops.size() < 2) {
        throw new IllegalArgumentException("a stroke needs two points or more: " + text);
      }
      points.addAll(stops);
      ends.add(points.size());
    }
    int n = points.size();
    double[] x = new double[n];
    double[] y = new double[n];
    boolean[] corner = new boolean[n];
    for (int i = 0; i < n; i++) {
      Matcher point = POINT.matcher(points.get(i));
      if (!point.matches()) {
        throw new IllegalArgumentException("not a point, x,y or x,y!: " + points.get(i));
      }
      x[i] = Integer.parseInt(point.group(1));
      y[i] = Integer.parseInt(point.group(2));
      corner[i] = !point.group(3).isEmpty();
    }
    return new Glyph(x, y, corner, ends.stream().mapToInt(e -> e).toArray());
  }

  /** All points, of all strokes. */
  int points() {
    return x.length;
  }

  /** Point i, to the right. */
  double x(int i) {
    return x[i];
  }

  /** Point i, downwards. */
  double y(int i) {
    return y[i];
  }

  /** Whether the pen turns at once at point i. */
  boolean corner(int i) {
    return corner[i];
  }

  /** How often the pen is set down. */
  int strokes() {
    return ends.length;
  }

  /** Where stroke s begins among the points. */
  int start(int s) {
    return s == 0 ? 0 : ends[s - 1];
  }

  /** The point after the last one of stroke s. */
  int end(int s) {
    return ends[s];
  }
}
