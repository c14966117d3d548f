package dev.tributary.data.digits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DriftingDigitsTest {
  private static int[] draw(int period) {
    DriftingDigits digits = new DriftingDigits(1, period);
    byte[] bytes = new byte[Digits.HEIGHT * Digits.WIDTH];
    digits.draw(5, bytes, 0);
    int[] pixels = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      pixels[i] = bytes[i] & 0xFF;
    }
    return pixels;
  }

  private static int brightest(int[] pixels) {
    int most = 0;
    for (int p : pixels) {
      most = Math.max(most, p);
    }
    return most;
  }

  @Test
  void theFirstPeriodIsPlainDigits() {
    Digits plain = new Digits(1000003, Digits.Part.TRAIN);
    byte[] expected = new byte[Digits.HEIGHT * Digits.WIDTH];
    plain.draw(5, expected, 0);
    int[] drawn = draw(0);
    for (int i = 0; i < drawn.length; i++) {
      assertThat(drawn[i]).isEqualTo(expected[i] & 0xFF);
    }
    assertThat(new DriftingDigits(1, 0).label(5)).isEqualTo(plain.label(5));
  }

  @Test
  void laterOnesMoveAndFade() {
    Digits plain = new Digits(1000003 + 3, Digits.Part.TRAIN);
    byte[] before = new byte[Digits.HEIGHT * Digits.WIDTH];
    plain.draw(5, before, 0);
    int[] after = draw(3);
    assertThat(after[28 * 14 + 3 + 10])
        .isEqualTo(Math.round((before[28 * 14 + 10] & 0xFF) * 0.729));
    assertThat(brightest(draw(30))).isGreaterThan(20);
  }
}
