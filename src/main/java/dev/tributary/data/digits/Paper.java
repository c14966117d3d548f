package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/** Makes pixels of ink: a blur, then the greys of this paper and this ink, and grain. */
final class Paper {
  /** What a pixel gives to each neighbour at most; {@link Canvas#blur}. */
  private static final double BLUR = 0.2;

  /** Grey levels, of {@value #WHITE}: where there is full ink, and where there is none. */
  private static final double DARKEST_INK = 200;

  private static final double LIGHTEST_PAPER = 40;
  private static final double WHITE = 255;

  /** Deviation of the coarsest grain, in grey levels. */
  private static final double GRAIN = 10;

  /** Mean and deviation of the sum of two random bytes. */
  private static final double BYTES_MEAN = 255;

  private static final double BYTES_DEVIATION = 104.51;

  private final Canvas canvas;

  /** The paper of this canvas. */
  Paper(Canvas canvas) {
    this.canvas = canvas;
  }

  /** Writes the pixels, row by row, from {@code pixels[offset]} on. */
  void develop(byte[] pixels, int offset, Philox random) {
    canvas.blur((float) Chance.between(0, BLUR, random));
    double none = Chance.between(0, LIGHTEST_PAPER, random);
    double full = Chance.between(DARKEST_INK, WHITE, random);
    double grain = Chance.between(0, GRAIN, random) / BYTES_DEVIATION;
    int size = canvas.width() * canvas.height();
    int bits = 0;
    for (int i = 0; i < size; i++) {
      bits = i % 2 == 0 ? random.nextInt() : bits >>> 16; // four bytes do for two pixels
      double noise = grain * ((bits & 0xff) + (bits >>> 8 & 0xff) - BYTES_MEAN);
      double grey = none + (full - none) * canvas.ink(i) + noise;
      pixels[offset + i] = (byte) (Math.max(0, Math.min(WHITE, grey)) + 0.5);
    }
  }
}
