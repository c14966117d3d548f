package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * Writes strokes onto a canvas: their width and strength follow how hard the pen is pressed, and
 * now and then it does not touch for a moment.
 */
final class Pen {
  /** Lines per curve from point to point. */
  private static final int STEPS = 5;

  /** Half the width of a stroke, in pixels. */
  private static final double THINNEST = 0.65;

  private static final double THICKEST = 1.55;

  /** The width at a stroke's end differs by up to this much, relatively. */
  private static final double PRESSURE = 0.3;

  /** The ink of the faintest stroke. */
  private static final double FAINTEST = 0.75;

  /** How round the curves are; {@link Curve}. */
  private static final double STIFFEST = 0.13;

  private static final double ROUNDEST = 0.23;

  /** How many strokes have a gap, and how much of the stroke it takes at most. */
  private static final double GAPS = 0.12;

  private static final double LONGEST_GAP = 0.15;

  private final Canvas canvas;
  private final Curve curve = new Curve();

  /** A pen for this canvas. */
  Pen(Canvas canvas) {
    this.canvas = canvas;
  }

  /** Writes all strokes of the glyph at the hand's places. */
  void write(Hand hand, Philox random) {
    double radius = Draws.between(THINNEST, THICKEST, random);
    double roundness = Draws.between(STIFFEST, ROUNDEST, random);
    for (int s = 0; s < hand.glyph().strokes(); s++) {
      stroke(hand, hand.glyph().start(s), hand.glyph().end(s), radius, roundness, random);
    }
  }

  private void stroke(
      Hand hand, int start, int end, double radius, double roundness, Philox random) {
    double strength = Draws.between(FAINTEST, 1, random);
    double first = radius * (1 + Draws.between(-PRESSURE, PRESSURE, random));
    double last = radius * (1 + Draws.between(-PRESSURE, PRESSURE, random));
    int lines = (end - 1 - start) * STEPS;
    int gapStart = Draws.chance(GAPS, random) ? random.nextInt(lines) : lines;
    int gapEnd = gapStart + (int) (lines * Draws.between(0, LONGEST_GAP, random));
    double x = hand.x(start);
    double y = hand.y(start);
    double r = first;
    for (int line = 0; line < lines; line++) {
      int step = line % STEPS;
      if (step == 0) {
        curve.follow(hand, start + line / STEPS, start, end, roundness);
      }
      double t = (step + 1.0) / STEPS;
      double nextX = curve.x(t);
      double nextY = curve.y(t);
      double nextR = first + (last - first) * (line + 1) / lines;
      if (line < gapStart || line >= gapEnd) {
        canvas.line(x, y, r, nextX, nextY, nextR, strength);
      }
      x = nextX;
      y = nextY;
      r = nextR;
    }
  }
}
