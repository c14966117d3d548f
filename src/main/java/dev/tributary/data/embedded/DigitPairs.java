package dev.tributary.data.embedded;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.tensor.Shape;
import java.util.Arrays;

/**
 * Images of two digits side by side, (28, 56, 1), and ten numbers: 1 for each digit that is there,
 * 0 for the others. Two digits alike make one 1.
 */
final class DigitPairs {
  static final Schema SCHEMA =
      new Schema(Shape.image(Digits.HEIGHT, 2 * Digits.WIDTH, 1), true, Digits.CLASSES, false);

  private final Digits digits;
  private final byte[] one = new byte[Digits.HEIGHT * Digits.WIDTH];
  private final byte[] both = new byte[2 * one.length];
  private final float[] present = new float[Digits.CLASSES];

  DigitPairs(long seed, Part part) {
    this.digits = new Digits(seed, part);
  }

  void add(long index, Samples samples) {
    Arrays.fill(present, 0f);
    for (int side = 0; side < 2; side++) {
      // Neighbours among the digits are never alike; those of another ten may be.
      long digit = side == 0 ? index : index + Digits.CLASSES * 7L + index % Digits.CLASSES;
      digits.draw(digit, one, 0);
      present[digits.label(digit)] = 1f;
      for (int row = 0; row < Digits.HEIGHT; row++) {
        int to = (2 * row + side) * Digits.WIDTH;
        System.arraycopy(one, row * Digits.WIDTH, both, to, Digits.WIDTH);
      }
    }
    samples.add(both, present);
  }
}
