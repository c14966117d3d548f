package dev.tributary.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each alteration against its definition, pixel by pixel and in double precision, with the same
 * random numbers.
 */
final class AlterationTest {
  private static final Shape SHAPE = Shape.image(7, 9, 3);

  /** Where the image lies among others, which nothing may touch. */
  private static final int AT = 5;

  /** What a definition says of pixel (y, x) and channel c. */
  @FunctionalInterface
  private interface Definition {
    double value(int y, int x, int c);
  }

  private static Philox stream(int sample) {
    return Philox.stream(3, Purpose.AUGMENTATION, sample, 0);
  }

  private static float[] images() {
    float[] images = new float[AT + SHAPE.size() + AT];
    Philox random = Philox.stream(4, Purpose.SAMPLING, 0, 0);
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }

  private static double pixel(float[] images, int y, int x, int c) {
    boolean inside = y >= 0 && x >= 0 && y < SHAPE.height() && x < SHAPE.width();
    return inside ? images[AT + (y * SHAPE.width() + x) * SHAPE.channels() + c] : 0;
  }

  private static void assertImage(Alteration alteration, int sample, Definition definition) {
    float[] before = images();
    float[] after = before.clone();
    alteration.apply(stream(sample), after, AT, new float[SHAPE.size()]);
    assertThat(Arrays.copyOf(after, AT)).isEqualTo(Arrays.copyOf(before, AT));
    assertThat(Arrays.copyOfRange(after, AT + SHAPE.size(), after.length))
        .isEqualTo(Arrays.copyOfRange(before, AT + SHAPE.size(), after.length));
    for (int y = 0; y < SHAPE.height(); y++) {
      for (int x = 0; x < SHAPE.width(); x++) {
        for (int c = 0; c < SHAPE.channels(); c++) {
          assertThat(pixel(after, y, x, c))
              .as("%s of sample %d at %d, %d, %d", alteration.describe(), sample, y, x, c)
              .isCloseTo(definition.value(y, x, c), within(1e-5));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void cropCutsFromTheBorderedImage(Crop.Border border) {
    float[] images = images();
    for (int sample = 0; sample < 30; sample++) {
      Philox random = stream(sample);
      int dy = random.nextInt(2 * 3 + 1) - 3;
      int dx = random.nextInt(2 * 4 + 1) - 4;
      assertImage(
          new Crop(SHAPE, 3, 4, border),
          sample,
          (y, x, c) ->
              border == Crop.Border.ZERO
                  ? pixel(images, y + dy, x + dx, c)
                  : pixel(
                      images,
                      inside(border, y + dy, SHAPE.height()),
                      inside(border, x + dx, SHAPE.width()),
                      c));
    }
  }

  private static int inside(Crop.Border border, int i, int length) {
    if (border == Crop.Border.EDGE) {
      return Math.max(0, Math.min(length - 1, i));
    }
    // A mirror image has the period 2 (length − 1).
    int folded = Math.floorMod(i, 2 * (length - 1));
    return Math.min(folded, 2 * (length - 1) - folded);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void flipMirrors(boolean horizontal) {
    float[] images = images();
    assertImage(
        new Flip(SHAPE, horizontal),
        0,
        (y, x, c) ->
            horizontal
                ? pixel(images, y, SHAPE.width() - 1 - x, c)
                : pixel(images, SHAPE.height() - 1 - y, x, c));
  }

  private static double bilinear(float[] images, double y, double x, int c) {
    int y0 = (int) Math.floor(y);
    int x0 = (int) Math.floor(x);
    double v = y - y0;
    double u = x - x0;
    return (1 - v) * ((1 - u) * pixel(images, y0, x0, c) + u * pixel(images, y0, x0 + 1, c))
        + v * ((1 - u) * pixel(images, y0 + 1, x0, c) + u * pixel(images, y0 + 1, x0 + 1, c));
  }

  @Test
  void shiftReadsBetweenPixels() {
    float[] images = images();
    for (int sample = 0; sample < 30; sample++) {
      Philox random = stream(sample);
      double ty = (2 * random.nextDouble() - 1) * 0.5 * SHAPE.height();
      double tx = (2 * random.nextDouble() - 1) * 0.2 * SHAPE.width();
      assertImage(
          new Shift(SHAPE, 0.5, 0.2), sample, (y, x, c) -> bilinear(images, y + ty, x + tx, c));
    }
  }

  @Test
  void rotationTurnsAroundTheCentre() {
    float[] images = images();
    for (int sample = 0; sample < 30; sample++) {
      double angle = Math.toRadians((2 * stream(sample).nextDouble() - 1) * 60);
      assertImage(
          new Rotation(SHAPE, 60),
          sample,
          (y, x, c) ->
              bilinear(
                  images,
                  3 + Math.cos(angle) * (y - 3) + Math.sin(angle) * (x - 4),
                  4 - Math.sin(angle) * (y - 3) + Math.cos(angle) * (x - 4),
                  c));
    }
    assertImage(new Rotation(SHAPE, 0), 0, (y, x, c) -> pixel(images, y, x, c));
  }

  @Test
  void cutOutClearsARectangle() {
    float[] images = images();
    for (int sample = 0; sample < 30; sample++) {
      Philox random = stream(sample);
      int top = random.nextInt(SHAPE.height()) - 2;
      int left = random.nextInt(SHAPE.width()) - 1;
      assertImage(
          new CutOut(SHAPE, 4, 3),
          sample,
          (y, x, c) ->
              y >= top && y < top + 4 && x >= left && x < left + 3 ? 0 : pixel(images, y, x, c));
    }
  }

  @Test
  void brightnessAddsAndContrastSpreads() {
    float[] images = images();
    double mean = 0;
    for (int i = 0; i < SHAPE.size(); i++) {
      mean += images[AT + i] / (double) SHAPE.size();
    }
    double grey = mean;
    for (int sample = 0; sample < 10; sample++) {
      double drawn = 2 * stream(sample).nextDouble() - 1;
      assertImage(
          new Brightness(SHAPE, 0.3), sample, (y, x, c) -> pixel(images, y, x, c) + 0.3 * drawn);
      assertImage(
          new Contrast(SHAPE, 0.5),
          sample,
          (y, x, c) -> grey + (pixel(images, y, x, c) - grey) * (1 + 0.5 * drawn));
    }
  }

  /** The variance of Beta(α, α) is 1 / (4 (2 α + 1)), and the larger part is as far from a half. */
  @ParameterizedTest
  @CsvSource({"0.05", "0.2", "0.5", "1"})
  void mixUpDrawsFromTheBetaDistribution(double alpha) {
    MixUp mixUp = new MixUp(alpha);
    double squares = 0;
    int n = 40_000;
    for (int i = 0; i < n; i++) {
      float share = mixUp.draw(stream(i));
      assertThat(share).isBetween(0.5f, 1f);
      squares += (share - 0.5) * (share - 0.5);
    }
    assertThat(squares / n).isCloseTo(1 / (4 * (2 * alpha + 1)), within(0.003));
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(() -> new Crop(SHAPE, 7, 2, Crop.Border.ZERO))
        .hasMessage("padding 7x2 would leave nothing of an image of 7x9; give less");
    assertThatThrownBy(() -> new CutOut(SHAPE, 3, 10))
        .hasMessage("size 3x10 is more than the image of 7x9");
    assertThatThrownBy(() -> new MixUp(0)).hasMessage("alpha must be from 0.05 to 1, not 0.0");
    assertThatThrownBy(() -> new Augmentation.Chance(new Flip(SHAPE, true), 1.5))
        .hasMessage("probability must be from 0 to 1, not 1.5");
  }
}
