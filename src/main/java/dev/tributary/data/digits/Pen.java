package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * Writes a glyph's strokes onto a canvas. A stroke's width and ink follow how hard the pen is
 * pressed; now and then it does not touch for a moment.
 */
final class Pen {
  /** Lines per curve, from point to point. */
  private static final int STEPS = 5;

  /** Half the width of a stroke, in pixels. */
  private static final double THINNEST = 0.65;

  private static final double THICKEST = 1.4;

  /** By how much of the width a stroke's beginning and end may differ from it. */
  private static final double PRESSURE = 0.3;

  /** The ink of the faintest stroke; the strongest has 1. */
  private static final double FAINTEST = 0.75;

  /** How round the curves are; {@link Curve#follow}. */
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

  /** Writes all strokes, through the places that the hand has found for the glyph's points. */
  void write(Glyph glyph, Hand hand, Philox random) {
    double radius = Chance.between(THINNEST, THICKEST, random);
    double roundness = Chance.between(STIFFEST, ROUNDEST, random);
    for (int stroke = 0; stroke < glyph.strokes(); stroke++) {
      write(glyph, stroke, hand, radius, roundness, random);
    }
  }

  private void write(
      Glyph glyph, int stroke, Hand hand, double radius, double roundness, Philox random) {
    int start = glyph.start(stroke);
    int lines = STEPS * (glyph.last(stroke) - start);
    double ink = Chance.between(FAINTEST, 1, random);
    double first = radius * Chance.between(1 - PRESSURE, 1 + PRESSURE, random);
    double last = radius * Chance.between(1 - PRESSURE, 1 + PRESSURE, random);
    int gap = Chance.of(GAPS, random) ? random.nextInt(lines) : lines;
    int gapEnd = gap + (int) (lines * Chance.between(0, LONGEST_GAP, random));
    canvas.moveTo(hand.x(start), hand.y(start), first);
    for (int line = 0; line < lines; line++) {
      if (line % STEPS == 0) {
        curve.follow(glyph, hand, start + line / STEPS, roundness);
      }
      double t = (line % STEPS + 1.0) / STEPS;
      double pressed = first + (last - first) * (line + 1) / lines;
      if (line >= gap && line < gapEnd) {
        canvas.moveTo(curve.x(t), curve.y(t), pressed);
      } else {
        canvas.lineTo(curve.x(t), curve.y(t), pressed, ink);
      }
    }
  }
}
