package dev.tributary.data.digits;

/**
 * The smooth curve that a pen takes from one point of a stroke to the next: a cubic Bézier.
 *
 * <p>Its handle at a point lies along the chord between the point's neighbours, as long as this
 * piece's share of the way between them: a cardinal spline (E. Catmull and R. Rom: "A class of
 * local interpolating splines", 1974) for points unevenly apart. At a corner, or where the stroke
 * begins or ends, it lies along the piece itself.
 */
final class Curve {
  /** Keeps points that coincide, in pixels, from dividing by zero. */
  private static final double SMALLEST = 1e-9;

  private final double[] controlX = new double[4];
  private final double[] controlY = new double[4];

  /**
   * Takes the curve from point i of a stroke to point i + 1.
   *
   * @param hand where the points are
   * @param start the stroke's first point
   * @param end the point after its last
   * @param roundness the handles' length, in chords: 0 goes straight on, 0.2 makes circles of
   *     circles
   */
  void follow(Hand hand, int i, int start, int end, double roundness) {
    controlX[0] = hand.x(i);
    controlY[0] = hand.y(i);
    controlX[3] = hand.x(i + 1);
    controlY[3] = hand.y(i + 1);
    boolean fromRest = i == start || hand.glyph().corner(i);
    boolean toRest = i + 2 == end || hand.glyph().corner(i + 1);
    handle(1, hand, fromRest ? i : i - 1, i, i + 1, roundness);
    handle(2, hand, toRest ? i + 1 : i + 2, i + 1, i, roundness);
  }

  /**
   * Sets a control point: from {@code at}, along the chord from its neighbour to {@code toward}.
   */
  private void handle(int control, Hand hand, int neighbour, int at, int toward, double roundness) {
    double pieceX = hand.x(toward) - hand.x(at);
    double pieceY = hand.y(toward) - hand.y(at);
    double otherX = hand.x(at) - hand.x(neighbour);
    double otherY = hand.y(at) - hand.y(neighbour);
    double piece = Math.sqrt(pieceX * pieceX + pieceY * pieceY);
    double other = Math.sqrt(otherX * otherX + otherY * otherY);
    double share = 2 * roundness * piece / Math.max(SMALLEST, piece + other);
    controlX[control] = hand.x(at) + share * (pieceX + otherX);
    controlY[control] = hand.y(at) + share * (pieceY + otherY);
  }

  /** How far right the curve is at t, 0 to 1. */
  double x(double t) {
    return at(controlX, t);
  }

  /** How far down the curve is at t, 0 to 1. */
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
