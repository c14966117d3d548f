package dev.tributary.data.digits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import org.junit.jupiter.api.Test;

final class HandTest {
  @Test
  void putsDigitsAnywhereButOnTheImage() {
    Philox random = Philox.stream(1, Purpose.DIGITS_TRAIN, 0, 0);
    Hand hand = new Hand(Digits.WIDTH, Digits.HEIGHT);
    double leftmost = Digits.WIDTH;
    double rightmost = 0;
    for (int n = 0; n < 5000; n++) {
      Glyph glyph = StrokePaths.choose(n % Digits.CLASSES, random);
      hand.place(glyph, random);
      double sum = 0;
      for (int i = 0; i < glyph.points(); i++) {
        assertThat(hand.x(i)).isBetween(0.0, (double) Digits.WIDTH);
        assertThat(hand.y(i)).isBetween(0.0, (double) Digits.HEIGHT);
        sum += hand.x(i);
      }
      leftmost = Math.min(leftmost, sum / glyph.points());
      rightmost = Math.max(rightmost, sum / glyph.points());
    }
    assertThat(leftmost).isLessThan(5);
    assertThat(rightmost).isGreaterThan(Digits.WIDTH - 5);
  }
}
