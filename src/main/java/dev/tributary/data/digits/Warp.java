package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * A smooth random bend of the plane, so that a digit is not only moved and leant but also unevenly
 * drawn out: a 4x4 grid of random shifts over the glyph's box, blended by uniform cubic B-splines.
 *
 * <p>It does for paths what P. Y. Simard, D. Steinkraus, J. C. Platt: "Best practices for
 * convolutional neural networks applied to visual document analysis", ICDAR 2003, section 2, do for
 * pixels with their elastic distortions.
 */
final class Warp {
  private static final int GRID = 4;

  private final double[] shiftX = new double[GRID * GRID];
  private final double[] shiftY = new double[GRID * GRID];
  private final double[] blendX = new double[GRID];
  private final double[] blendY = new double[GRID];
  private double dx;
  private double dy;

  /** Draws another bend; points shift by about half the deviation, in the glyph's units. */
  void draw(double deviation, Philox random) {
    for (int i = 0; i < GRID * GRID; i++) {
      shiftX[i] = Chance.around(deviation, random);
      shiftY[i] = Chance.around(deviation, random);
    }
  }

  /** Finds the shift, {@link #dx} and {@link #dy}, of a point of the glyph's box. */
  void at(double x, double y) {
    blend(x / Glyph.BOX, blendX);
    blend(y / Glyph.BOX, blendY);
    dx = 0;
    dy = 0;
    for (int row = 0; row < GRID; row++) {
      for (int column = 0; column < GRID; column++) {
        double weight = blendY[row] * blendX[column];
        dx += weight * shiftX[row * GRID + column];
        dy += weight * shiftY[row * GRID + column];
      }
    }
  }

  /** To the right, at the last point asked for. */
  double dx() {
    return dx;
  }

  /** Downwards, at the last point asked for. */
  double dy() {
    return dy;
  }

  /** The weights of four neighbours in a uniform cubic B-spline, t from 0 to 1; they sum to 1. */
  private static void blend(double t, double[] weights) {
    double s = 1 - t;
    weights[0] = s * s * s / 6;
    weights[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    weights[2] = (3 * s * s * s - 6 * s * s + 4) / 6;
    weights[3] = t * t * t / 6;
  }
}
