package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * Where a hand puts a glyph's points on the image. Each point is jittered on its own; then all are
 * warped, slanted, turned, scaled to a random size and put somewhere on the image, in pixels.
 */
final class Hand {
  /** Deviation of a single point, in the glyph's units. */
  private static final double JITTER = 3;

  /** Deviation of the warp's grid, in the glyph's units. */
  private static final double WARP = 11;

  /** Deviation of the slant: how far the top leans to the right, by its height. */
  private static final double SLANT = 0.18;

  private static final double MEAN_SLANT = 0.12;

  /** Deviation of the turn, in radians. */
  private static final double TURN = 0.12;

  /** The height, in pixels. */
  private static final double LOWEST = 14;

  private static final double HIGHEST = 21;

  /** The scale of the width by that of the height. */
  private static final double NARROWEST = 0.7;

  private static final double WIDEST = 1.25;

  /** What the outermost points keep from the image's edge, in pixels. */
  private static final double MARGIN = 1.5;

  private static final int MOST_POINTS = 32;

  private final int width;
  private final int height;
  private final Warp warp = new Warp();
  private final double[] x = new double[MOST_POINTS];
  private final double[] y = new double[MOST_POINTS];
  private Glyph glyph = Glyph.parse("0,0 0,0");

  /** A hand that writes on images of this size, in pixels. */
  Hand(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** Finds a place for each of the glyph's points. */
  void place(Glyph next, Philox random) {
    glyph = next;
    warp.draw(WARP, random);
    double slant = MEAN_SLANT + Draws.around(SLANT, random);
    double turn = Draws.around(TURN, random);
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    double scaleY = Draws.between(LOWEST, HIGHEST, random) / Glyph.BOX;
    double scaleX = scaleY * Draws.between(NARROWEST, WIDEST, random);
    for (int i = 0; i < glyph.points(); i++) {
      double px = glyph.x(i) + Draws.around(JITTER, random);
      double py = glyph.y(i) + Draws.around(JITTER, random);
      warp.at(px, py);
      double v = scaleY * (py + warp.dy() - Glyph.BOX / 2);
      double u = scaleX * (px + warp.dx() - Glyph.BOX / 2) - slant * v;
      x[i] = cos * u - sin * v;
      y[i] = sin * u + cos * v;
    }
    settle(x, width, random);
    settle(y, height, random);
  }

  /** Shifts the points along one axis to somewhere within the image. */
  private void settle(double[] along, int size, Philox random) {
    double low = along[0];
    double high = along[0];
    for (int i = 1; i < glyph.points(); i++) {
      low = Math.min(low, along[i]);
      high = Math.max(high, along[i]);
    }
    double room = Math.max(0, size - 2 * MARGIN - (high - low));
    double middle = (size - (low + high)) / 2;
    double shift = middle + room * Draws.between(-0.5, 0.5, random);
    for (int i = 0; i < glyph.points(); i++) {
      along[i] += shift;
    }
  }

  /** What is written. */
  Glyph glyph() {
    return glyph;
  }

  /** Where point i is, in pixels from the left edge. */
  double x(int i) {
    return x[i];
  }

  /** Where point i is, in pixels from the upper edge. */
  double y(int i) {
    return y[i];
  }
}
