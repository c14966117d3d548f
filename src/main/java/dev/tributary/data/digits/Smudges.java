package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/** Small marks that mean nothing, anywhere on the image. */
final class Smudges {
  /** As many marks at most, and how likely each of them is. */
  private static final int MOST = 3;

  private static final double LIKELY = 0.25;

  /** From one end to the other along each axis, in pixels: too short for a flag or a bar. */
  private static final double LONGEST = 3;

  /** Half the width, in pixels. */
  private static final double THINNEST = 0.3;

  private static final double THICKEST = 1;

  /** The ink. */
  private static final double FAINTEST = 0.2;

  private static final double STRONGEST = 0.8;

  private final Canvas canvas;

  /** Marks for this canvas. */
  Smudges(Canvas canvas) {
    this.canvas = canvas;
  }

  /** Adds a few, or none. */
  void add(Philox random) {
    for (int i = 0; i < MOST; i++) {
      if (Chance.of(LIKELY, random)) {
        double x = Chance.between(0, canvas.width(), random);
        double y = Chance.between(0, canvas.height(), random);
        double radius = Chance.between(THINNEST, THICKEST, random);
        double endX = x + Chance.between(-LONGEST, LONGEST, random);
        double endY = y + Chance.between(-LONGEST, LONGEST, random);
        canvas.moveTo(x, y, radius);
        canvas.lineTo(endX, endY, radius, Chance.between(FAINTEST, STRONGEST, random));
      }
    }
  }
}
