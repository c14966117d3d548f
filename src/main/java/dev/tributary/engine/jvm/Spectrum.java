package dev.tributary.engine.jvm;

import breeze.linalg.DenseMatrix;
import dev.tributary.tensor.MatrixView;

/**
 * The spectra of the channels of some images: (frequencies, images, 2, channels), the 2 being real
 * and imaginary parts.
 *
 * <p>So at each frequency it is a matrix of images by channels, twice over, that BLAS can multiply:
 * as (images, 2 channels), or, being the same memory, as (2 images, channels).
 */
final class Spectrum {
  /** Planes turned from plane order to frequency order at once: a cache line of values. */
  private static final int TILE = 16;

  private float[] values = new float[0];
  private float[][] planes = new float[TILE][0];
  private PlaneTransform transform = new PlaneTransform(1, 2);
  private int images;
  private int channels;

  /** Makes it one of this size, reusing its memory; what it then holds is left over. */
  void resize(PlaneTransform to, int imageCount, int channelCount) {
    long size = 2L * to.frequencies() * imageCount * channelCount;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          String.format(
              "the spectra of %d x %d planes of %dx%d are %d values, more than an array holds; set"
                  + " algorithm = im2col for this convolution",
              imageCount, channelCount, to.height(), to.width(), size));
    }
    transform = to;
    images = imageCount;
    channels = channelCount;
    if (values.length < size) {
      values = new float[(int) size];
    }
    if (planes[0].length < 2 * to.frequencies()) {
      planes = new float[TILE][2 * to.frequencies()];
    }
  }

  float[] values() {
    return values;
  }

  int images() {
    return images;
  }

  int channels() {
    return channels;
  }

  /** Where a frequency's values begin. */
  int at(int frequency) {
    return frequency * 2 * images * channels;
  }

  /** A frequency's values as (images, 2 channels): real parts left of imaginary ones. */
  DenseMatrix<Object> wide(int frequency) {
    return MatrixView.of(values, at(frequency), images, 2 * channels);
  }

  /** A frequency's values as (2 images, channels): real parts above imaginary ones. */
  DenseMatrix<Object> tall(int frequency) {
    return MatrixView.of(values, at(frequency), 2 * images, channels);
  }

  /** Transforms every image. */
  void forward(Images from) {
    for (int image = 0; image < images; image++) {
      for (int first = 0; first < channels; first += TILE) {
        int count = Math.min(TILE, channels - first);
        for (int t = 0; t < count; t++) {
          transform.forward(from, image, first + t, planes[t]);
        }
        for (int f = 0; f < transform.frequencies(); f++) {
          int real = at(f) + 2 * image * channels + first;
          for (int t = 0; t < count; t++) {
            values[real + t] = planes[t][2 * f];
            values[real + channels + t] = planes[t][2 * f + 1];
          }
        }
      }
    }
  }

  /**
   * Transforms back to every image.
   *
   * @param add whether to add to what the images hold
   */
  void inverse(Images to, boolean add) {
    for (int image = 0; image < images; image++) {
      for (int first = 0; first < channels; first += TILE) {
        int count = Math.min(TILE, channels - first);
        for (int f = 0; f < transform.frequencies(); f++) {
          int real = at(f) + 2 * image * channels + first;
          for (int t = 0; t < count; t++) {
            planes[t][2 * f] = values[real + t];
            planes[t][2 * f + 1] = values[real + channels + t];
          }
        }
        for (int t = 0; t < count; t++) {
          transform.inverse(planes[t], to, image, first + t, add);
        }
      }
    }
  }
}
