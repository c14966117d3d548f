package dev.tributary.data.digits;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One way to write a digit: strokes, each a list of points that the pen passes through.
 *
 * <p>The digit stands in a box {@value #BOX} high and wide, of which it takes the height and about
 * 60 of the width; x is to the right, y downwards. In a text, {@code x,y} is a point, {@code x,y!}
 * a corner, where the pen turns at once, and {@code /} lifts the pen: {@code "38,25 55,0! 52,98 /
 * 32,99 74,98"} is a 1 with flag and foot.
 */
final class Glyph {
  /** The side of the box. */
  static final double BOX = 100;

  /** No glyph has more points. */
  static final int MOST_POINTS = 32;

  private static final Pattern POINT = Pattern.compile("(-?\\d+),(-?\\d+)(!?)");

  private final double[] x;
  private final double[] y;
  private final boolean[] smooth;

  /** Where each stroke's points end and the next one's begin. */
  private final int[] ends;

  private Glyph(int points, int strokes) {
    x = new double[points];
    y = new double[points];
    smooth = new boolean[points];
    ends = new int[strokes];
  }

  /**
   * Reads a text.
   *
   * @throws IllegalArgumentException if something in it is not a point, if a stroke has fewer than
   *     two, or all strokes more than {@value #MOST_POINTS}
   */
  static Glyph parse(String text) {
    List<List<String>> strokes = new ArrayList<>();
    int points = 0;
    for (String stroke : text.split("/", -1)) {
      List<String> stops = List.of(stroke.strip().split(" +", -1));
      if (stops.size() < 2) {
        throw new IllegalArgumentException("a stroke has fewer than two points: " + text);
      }
      strokes.add(stops);
      points += stops.size();
    }
    if (points > MOST_POINTS) {
      throw new IllegalArgumentException(points + " points, over " + MOST_POINTS + ": " + text);
    }
    Glyph glyph = new Glyph(points, strokes.size());
    for (int s = 0; s < strokes.size(); s++) {
      glyph.fill(s, strokes.get(s));
    }
    return glyph;
  }

  private void fill(int stroke, List<String> stops) {
    int start = start(stroke);
    for (int i = 0; i < stops.size(); i++) {
      Matcher point = POINT.matcher(stops.get(i));
      if (!point.matches()) {
        throw new IllegalArgumentException("neither x,y nor x,y! nor /: " + stops.get(i));
      }
      x[start + i] = Integer.parseInt(point.group(1));
      y[start + i] = Integer.parseInt(point.group(2));
      smooth[start + i] = point.group(3).isEmpty() && i > 0 && i < stops.size() - 1;
    }
    ends[stroke] = start + stops.size();
  }

  /** All points, of all strokes. */
  int points() {
    return x.length;
  }

  /** How far right point i is. */
  double x(int i) {
    return x[i];
  }

  /** How far down point i is. */
  double y(int i) {
    return y[i];
  }

  /** Whether the pen passes through point i: neither turns nor begins nor ends there. */
  boolean smooth(int i) {
    return smooth[i];
  }

  /** How often the pen is set down. */
  int strokes() {
    return ends.length;
  }

  /** The first point of a stroke. */
  int start(int stroke) {
    return stroke == 0 ? 0 : ends[stroke - 1];
  }

  /** The last point of a stroke. */
  int last(int stroke) {
    return ends[stroke] - 1;
  }
}
