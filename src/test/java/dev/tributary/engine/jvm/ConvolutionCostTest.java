package dev.tributary.engine.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice between im2col and FFT. It knows no number of images: it is not told one. */
final class ConvolutionCostTest {
  @ParameterizedTest
  @CsvSource({
    "28, 1, 5, 32, 1, 1, IM2COL",
    "32, 64, 3, 64, 1, 1, IM2COL",
    "56, 64, 3, 64, 1, 1, IM2COL",
    "224, 3, 3, 64, 1, 1, IM2COL",
    "28, 64, 1, 64, 1, 1, IM2COL",
    "64, 32, 3, 32, 1, 32, IM2COL",
    "64, 16, 7, 16, 1, 1, FFT",
    "64, 8, 11, 16, 1, 1, FFT",
    "64, 8, 15, 16, 1, 1, FFT",
    "128, 3, 21, 8, 1, 1, FFT",
    // A stride saves im2col work, and transforms none.
    "64, 8, 11, 16, 4, 1, IM2COL",
    "64, 32, 7, 32, 1, 32, FFT"
  })
  void chooses(
      int image,
      int channels,
      int kernel,
      int filters,
      int stride,
      int groups,
      ConvolutionAlgorithm expected) {
    ConvolutionSize s = size(image, channels, kernel, filters, stride, groups);
    assertThat(ConvolutionCost.choose(s)).as("%s", s).isEqualTo(expected);
  }

  @Test
  void doesAsItIsTold() {
    ConvolutionSize small = size(28, 1, 3, 8, 1, 1).by(ConvolutionAlgorithm.FFT);
    ConvolutionSize large = size(128, 3, 21, 8, 1, 1).by(ConvolutionAlgorithm.IM2COL);
    assertThat(ConvolutionCost.choose(small)).isEqualTo(ConvolutionAlgorithm.FFT);
    assertThat(ConvolutionCost.choose(large)).isEqualTo(ConvolutionAlgorithm.IM2COL);
  }

  /** Transformed kernels of gigabytes are not worth their speed. */
  @Test
  void keepsToMemory() {
    assertThat(ConvolutionCost.choose(size(64, 256, 21, 256, 1, 1)))
        .isEqualTo(ConvolutionAlgorithm.IM2COL);
  }

  @ParameterizedTest
  @CsvSource({"30, 32", "31, 32", "33, 36", "69, 72", "97, 100", "52, 64", "66, 72", "1, 2"})
  void planesAreOfLengthsThatTransformFast(int length, int expected) {
    assertThat(PlaneTransform.goodLength(length, 2)).isEqualTo(expected);
  }

  private static ConvolutionSize size(
      int image, int channels, int kernel, int filters, int stride, int groups) {
    Window window = Window.of(kernel, stride, kernel / 2);
    return new ConvolutionSize(
        Shape.image(image, image, channels), filters, window, window, groups);
  }
}
