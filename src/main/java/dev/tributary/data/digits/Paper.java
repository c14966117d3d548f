package dev.tributary.data.digits;

import dev.tributary.random.Philox;

/** Makes pixels of ink: a blur, then the ink's and the paper's own grey, and grain. */
final class Paper {
  /** What each pixel gives to a neighbour at most; {@link Canvas#blur}. */
  private static final double BLUR = 0.2;

  /** The grey of full ink, and of the paper. */
  private static final double DARKEST_INK = 170;

  private static final double LIGHTEST_INK = 255;
  private static final double LIGHTEST_PAPER = 40;

  /** The deviation of the grain, in grey levels. */
  private static final double COARSEST = 18;

  private static final int LEVELS = 255;

  /** Two bytes' sum has this mean and deviation. */
  private static final float MEAN = 255;

  private static final double DEVIATION = 104.5;

  private final Canvas canvas;

  /** The paper below this canvas. */
  Paper(Canvas canvas) {
    this.canvas = canvas;
  }

  /** Writes the pixels, row-major, from {@code pixels[offset]} on. */
  void develop(byte[] pixels, int offset, Philox random) {
    canvas.blur((float) Draws.between(0, BLUR, random));
    float dark = (float) Draws.between(0, LIGHTEST_PAPER, random);
    float light = (float) Draws.between(DARKEST_INK, LIGHTEST_INK, random);
    float grain = (float) (Draws.between(0, COARSEST, random) / DEVIATION);
    int size = canvas.width() * canvas.height();
    int bits = 0;
    for (int i = 0; i < size; i++) {
      bits = i % 2 == 0 ? random.nextInt() : bits >>> 16;
      float noise = grain * ((bits & 0xff) + (bits >>> 8 & 0xff) - MEAN);
      float grey = dark + (light - dark) * canvas.ink(i) + noise;
      pixels[offset + i] = (byte) Math.round(Math.max(0, Math.min(LEVELS, grey)));
    }
  }
}
