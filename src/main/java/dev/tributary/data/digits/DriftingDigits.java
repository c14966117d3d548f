package dev.tributary.data.digits;

/**
 * Digits whose looks change from one period to the next, to try retraining on: each period the
 * images move on by one column, what leaves on the right coming back on the left, and fade by a
 * tenth. So a model of the first period does worse on each that follows.
 */
public final class DriftingDigits {
  private static final double FADE = 0.9;

  private final Digits digits;
  private final int period;
  private final byte[] drawn = new byte[Digits.HEIGHT * Digits.WIDTH];

  /**
   * Of one period.
   *
   * @param seed which digits; each period has its own of them
   * @param period from 0
   */
  public DriftingDigits(long seed, int period) {
    this.digits = new Digits(seed * 1000003 + period, Digits.Part.TRAIN);
    this.period = period;
  }

  /** The digit that the sample shows. */
  public int label(long index) {
    return digits.label(index);
  }

  /** Draws a sample into {@code pixels[offset]} and on, as {@link Digits#draw} does. */
  public void draw(long index, byte[] pixels, int offset) {
    digits.draw(index, drawn, 0);
    double light = Math.max(0.2, Math.pow(FADE, period));
    for (int row = 0; row < Digits.HEIGHT; row++) {
      for (int column = 0; column < Digits.WIDTH; column++) {
        int from = row * Digits.WIDTH + Math.floorMod(column - period, Digits.WIDTH);
        pixels[offset + row * Digits.WIDTH + column] =
            (byte) Math.round((drawn[from] & 0xFF) * light);
      }
    }
  }
}
