package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/**
 * Small marks which mean nothing, anywhere on the image: what is left of rulings and neighbours.
 */
final class Smudges {
  /** With how many marks at most, each as likely as not to be there. */
  private static final int MOST = 3;

  private static final double CHANCE = 0.35;

  /** From one end to the other along each axis, in pixels. */
  private static final double LONGEST = 3;

  /** Half the width, in pixels. */
  private static final double THINNEST = 0.3;

  private static final double THICKEST = 1;

  private static final double FAINTEST = 0.2;
  private static final double STRONGEST = 0.9;

  private final Canvas canvas;

  /** Marks for this canvas. */
  Smudges(Canvas canvas) {
    this.canvas = canvas;
  }

  /** Draws some, or none. */
  void add(Philox random) {
    for (int i = 0; i < MOST; i++) {
      if (Draws.chance(CHANCE, random)) {
        double x = Draws.between(0, canvas.width(), random);
        double y = Draws.between(0, canvas.height(), random);
        double radius = Draws.between(THINNEST, THICKEST, random);
        canvas.line(
            x,
            y,
            radius,
            x + Draws.between(-LONGEST, LONGEST, random),
            y + Draws.between(-LONGEST, LONGEST, random),
            radius,
            Draws.between(FAINTEST, STRONGEST, random));
      }
    }
  }
}
