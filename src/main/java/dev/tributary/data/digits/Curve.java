package dev.tributary.data.digits;

/**
 * The curve that a pen takes from one point of a stroke to the next: a cubic Bézier.
 *
 * <p>At a point that the pen passes through, the curve's handle lies along the chord between the
 * point's two neighbours, and is as long as this piece's share of the way from one to the other: a
 * cardinal spline (E. Catmull and R. Rom: "A class of local interpolating splines", 1974), for
 * points unevenly apart. Where the pen turns, begins or ends, the handle lies along the piece
 * itself.
 */
final class Curve {
  /** Keeps points that coincide from a division by zero, in pixels. */
  private static final double SMALLEST = 1e-9;

  /** The four control points. */
  private final double[] controlX = new double[4];

  private final double[] controlY = new double[4];

  /**
   * Becomes the curve from point i of a stroke to point i + 1.
   *
   * @param hand where the points are, in pixels
   * @param roundness the handles' length, in chords: 0 goes straight, 0.2 rounds eight points to a
   *     circle
   */
  void follow(Glyph glyph, Hand hand, int i, double roundness) {
    controlX[0] = hand.x(i);
    controlY[0] = hand.y(i);
    controlX[3] = hand.x(i + 1);
    controlY[3] = hand.y(i + 1);
    handle(1, hand, glyph.smooth(i) ? i - 1 : i, i, i + 1, roundness);
    handle(2, hand, glyph.smooth(i + 1) ? i + 2 : i + 1, i + 1, i, roundness);
  }

  /** Sets a control point, beside point {@code at} of the piece that goes on to {@code toward}. */
  private void handle(int control, Hand hand, int neighbour, int at, int toward, double roundness) {
    double pieceX = hand.x(toward) - hand.x(at);
    double pieceY = hand.y(toward) - hand.y(at);
    double otherX = hand.x(at) - hand.x(neighbour);
    double otherY = hand.y(at) - hand.y(neighbour);
    double piece = Math.sqrt(pieceX * pieceX + pieceY * pieceY);
    double other = Math.sqrt(otherX * otherX + otherY * otherY);
    double length = 2 * roundness * piece / Math.max(SMALLEST, piece + other);
    controlX[control] = hand.x(at) + length * (pieceX + otherX);
    controlY[control] = hand.y(at) + length * (pieceY + otherY);
  }

  /** How far right the curve is at t, from 0 to 1. */
  double x(double t) {
    return at(controlX, t);
  }

  /** How far down the curve is at t, from 0 to 1. */
  double y(double t) {
    return at(controlY, t);
  }

  private static double at(double[] control, double t) {
    double s = 1 - t;
    return s * s * s * control[0]
        + 3 * s * s * t * control[1]
        + 3 * s * t * t * control[2]
        + t * t * t * control[3];
  }
}
