package dev.tributary.data.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class CanvasTest {
  private static final double ROUNDING = 1e-6;

  @Test
  void coversPixelsByTheirShareOfAStraightLine() {
    Canvas canvas = new Canvas(12, 6);
    canvas.moveTo(2.5, 3, 1.25); // from y = 1.75 to 4.25
    canvas.lineTo(9.5, 3, 1.25, 0.8);
    float[] down = {0, 0.25f, 1, 1, 0.25f, 0};
    for (int row = 0; row < 6; row++) {
      assertThat(canvas.ink(row * 12 + 6)).isCloseTo(0.8f * down[row], within((float) ROUNDING));
    }
    assertThat(canvas.ink(2 * 12)).isZero();
    assertThat(canvas.ink(2 * 12 + 11)).isZero();
  }

  @Test
  void keepsTheStrongerInkWhereLinesCross() {
    Canvas canvas = new Canvas(9, 9);
    canvas.moveTo(0, 4.5, 1);
    canvas.lineTo(9, 4.5, 1, 0.9);
    canvas.moveTo(4.5, 0, 1);
    canvas.lineTo(4.5, 9, 1, 0.4);
    assertThat(canvas.ink(4 * 9 + 4)).isEqualTo(0.9f);
    assertThat(canvas.ink(9 + 4)).isEqualTo(0.4f);
  }

  /** Beyond the edges nothing is drawn, and nothing goes wrong. */
  @Test
  void clipsLines() {
    Canvas canvas = new Canvas(5, 5);
    canvas.moveTo(-20, -20, 1);
    canvas.lineTo(-10, -15, 1, 1);
    canvas.lineTo(40, 45, 1, 1);
    canvas.moveTo(2, 2, 0);
    canvas.lineTo(2, 2, 0, 1); // a line without length or width
    canvas.clear();
    canvas.moveTo(-10, 2.5, 1);
    canvas.lineTo(20, 2.5, 1, 1);
    assertThat(total(canvas)).isCloseTo(5 + 2 * 5 * 0.5, within(ROUNDING));
  }

  @Test
  void blursWithoutLosingInk() {
    Canvas canvas = new Canvas(9, 9);
    canvas.moveTo(4.5, 4.5, 0.5);
    canvas.lineTo(4.5, 4.5, 0.5, 1); // the middle pixel
    assertThat(canvas.ink(4 * 9 + 4)).isEqualTo(1f);
    canvas.blur(0.2f);
    assertThat(total(canvas)).isCloseTo(1, within(ROUNDING));
    assertThat(canvas.ink(4 * 9 + 4)).isCloseTo(0.36f, within((float) ROUNDING));
    assertThat(canvas.ink(4 * 9 + 3)).isCloseTo(0.12f, within((float) ROUNDING));
    assertThat(canvas.ink(3 * 9 + 3)).isCloseTo(0.04f, within((float) ROUNDING));
  }

  private static double total(Canvas canvas) {
    double total = 0;
    for (int i = 0; i < canvas.width() * canvas.height(); i++) {
      total += canvas.ink(i);
    }
    return total;
  }
}
