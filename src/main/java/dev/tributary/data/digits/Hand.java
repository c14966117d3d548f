package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * Where a hand puts a glyph's points. Each is jittered on its own; then all are warped, slanted,
 * turned, scaled to a random size, and the whole put somewhere on the image.
 */
final class Hand {
  /** Deviation of a single point, along each axis, in the glyph's units. */
  private static final double JITTER = 2.5;

  /** Deviation of the warp's grid, in the glyph's units. */
  private static final double WARP = 11;

  /** How far the digit leans to the right, by its height: mean and deviation. */
  private static final double MEAN_SLANT = 0.12;

  private static final double SLANT = 0.18;

  /** Deviation of the turn, in radians. */
  private static final double TURN = 0.12;

  /** The height before the turn, in pixels. */
  private static final double LOWEST = 14;

  private static final double HIGHEST = 19.5;

  /** The scale of the width by that of the height. */
  private static final double NARROWEST = 0.7;

  private static final double WIDEST = 1.25;

  /** What the points keep from the image's edges, in pixels, if the digit is not too large. */
  private static final double MARGIN = 1.5;

  private final int width;
  private final int height;
  private final Warp warp = new Warp();
  private final double[] x = new double[Glyph.MOST_POINTS];
  private final double[] y = new double[Glyph.MOST_POINTS];

  /** A hand that writes on images of this size, in pixels. */
  Hand(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /** Finds a place for each of the glyph's points. */
  void place(Glyph glyph, Philox random) {
    warp.draw(WARP, random);
    double slant = MEAN_SLANT + Chance.around(SLANT, random);
    double turn = Chance.around(TURN, random);
    double cos = StrictMath.cos(turn);
    double sin = StrictMath.sin(turn);
    double scaleY = Chance.between(LOWEST, HIGHEST, random) / Glyph.BOX;
    double scaleX = scaleY * Chance.between(NARROWEST, WIDEST, random);
    for (int i = 0; i < glyph.points(); i++) {
      double pointX = glyph.x(i) + Chance.around(JITTER, random);
      double pointY = glyph.y(i) + Chance.around(JITTER, random);
      warp.at(pointX, pointY);
      double down = scaleY * (pointY + warp.dy() - Glyph.BOX / 2);
      double right = scaleX * (pointX + warp.dx() - Glyph.BOX / 2) - slant * down;
      x[i] = cos * right - sin * down;
      y[i] = sin * right + cos * down;
    }
    settle(x, glyph.points(), width, random);
    settle(y, glyph.points(), height, random);
  }

  /** Shifts the points along one axis to anywhere that leaves the margin. */
  private static void settle(double[] along, int points, int size, Philox random) {
    double low = along[0];
    double high = along[0];
    for (int i = 1; i < points; i++) {
      low = Math.min(low, along[i]);
      high = Math.max(high, along[i]);
    }
    double room = Math.max(0, size - 2 * MARGIN - (high - low));
    double shift = (size - (low + high)) / 2 + room * Chance.between(-0.5, 0.5, random);
    for (int i = 0; i < points; i++) {
      along[i] += shift;
    }
  }

  /** How far point i is from the left edge, in pixels. */
  double x(int i) {
    return x[i];
  }

  /** How far point i is from the upper edge, in pixels. */
  double y(int i) {
    return y[i];
  }
}
