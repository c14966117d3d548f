package dev.tributary.data.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlyphTest {
  @Test
  void readsPointsCornersAndStrokes() {
    Glyph glyph = Glyph.parse("38,25 47,-1 55,0! 52,98 / 32,99 74,98");
    assertThat(glyph.points()).isEqualTo(6);
    assertThat(glyph.x(1)).isEqualTo(47);
    assertThat(glyph.y(1)).isEqualTo(-1);
    assertThat(glyph.strokes()).isEqualTo(2);
    assertThat(glyph.start(0)).isEqualTo(0);
    assertThat(glyph.last(0)).isEqualTo(3);
    assertThat(glyph.start(1)).isEqualTo(4);
    assertThat(glyph.last(1)).isEqualTo(5);
    for (int i = 0; i < 6; i++) {
      assertThat(glyph.smooth(i)).as("point %s", i).isEqualTo(i == 1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2 / 3,4 5,6 | a stroke has fewer than two points: 1,2 / 3,4 5,6",
        "1,2 3;4       | neither x,y nor x,y! nor /: 3;4",
      })
  void refusesWhatIsNoStroke(String text, String message) {
    assertThatIllegalArgumentException().isThrownBy(() -> Glyph.parse(text)).withMessage(message);
  }

  @Test
  void refusesMorePointsThanAHandHolds() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Glyph.parse("1,2" + " 3,4".repeat(32)))
        .withMessageStartingWith("33 points, over 32: 1,2 3,4");
  }

  @Test
  void knowsSeveralWaysForEachDigitAllWithinTheBox() {
    Philox random = Philox.stream(1, Purpose.DIGITS_TRAIN, 0, 0);
    for (int digit = 0; digit < Digits.CLASSES; digit++) {
      Set<Glyph> ways = new HashSet<>();
      for (int i = 0; i < 1000; i++) {
        ways.add(StrokePaths.choose(digit, random));
      }
      assertThat(ways).as("digit %s", digit).hasSizeGreaterThanOrEqualTo(3);
      for (Glyph way : ways) {
        for (int i = 0; i < way.points(); i++) {
          assertThat(way.x(i)).isBetween(0.0, Glyph.BOX);
          assertThat(way.y(i)).isBetween(0.0, Glyph.BOX);
        }
      }
    }
  }
}
