package dev.tributary.engine.jvm;

import java.util.Arrays;
import org.jtransforms.fft.FloatFFT_1D;
import pl.edu.icm.jlargearrays.ConcurrencyUtils;

/**
 * The discrete Fourier transform of a real plane, and its inverse, by JTransforms' transforms of
 * lines: rows first, then columns.
 *
 * <p>Of the spectrum of real values only columns 0 … width / 2 are held, the others being their
 * conjugates; column after column, each of {@code height} pairs (real, imaginary). Rows of zeros
 * are not transformed, nor, backward, rows that nobody asks for: of a kernel's plane that is most.
 * (JTransforms' own plane transforms know neither, and take real planes of powers of two only.)
 */
final class PlaneTransform {
  static {
    // A task is one thread. JTransforms would share long lines among threads of its own.
    ConcurrencyUtils.setNumberOfThreads(1);
  }

  private final int height;
  private final int width;
  private final FloatFFT_1D rows;
  private final FloatFFT_1D columns;
  private final float[] line;

  /**
   * A transform of planes.
   *
   * @param width even
   */
  PlaneTransform(int height, int width) {
    this.height = height;
    this.width = width;
    this.rows = new FloatFFT_1D(width);
    this.columns = new FloatFFT_1D(height);
    this.line = new float[width];
  }

  /**
   * The length, from {@code length} up, that transforms fastest: the least multiple of {@code
   * multipleOf} that is a product of twos, threes and fives; or the next power of two where that is
   * at most a fifth longer, for JTransforms takes 0.6 of the time per value for those.
   */
  static int goodLength(int length, int multipleOf) {
    int candidate = (length + multipleOf - 1) / multipleOf * multipleOf;
    while (!isSmooth(candidate)) {
      candidate += multipleOf;
    }
    int power = Math.max(multipleOf, Integer.highestOneBit(2 * candidate - 1));
    return 5 * power <= 6 * candidate ? power : candidate;
  }

  private static boolean isSmooth(int length) {
    int rest = length;
    for (int factor : new int[] {2, 3, 5}) {
      while (rest % factor == 0) {
        rest /= factor;
      }
    }
    return rest == 1;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Complex values of a spectrum. */
  int frequencies() {
    return height * (width / 2 + 1);
  }

  /** Transforms channel {@code channel} of image {@code image}, in a plane of zeros. */
  void forward(Images images, int image, int channel, float[] spectrum) {
    Arrays.fill(spectrum, 0, 2 * frequencies(), 0f);
    Lattice down = images.down();
    Lattice across = images.across();
    for (int i = 0; i < down.count(); i++) {
      Arrays.fill(line, 0f);
      int from = images.at(image, channel, i);
      for (int j = 0; j < across.count(); j++) {
        line[across.at(j)] = images.data()[from + j * images.pixelStride()];
      }
      rows.realForward(line, 0);
      int to = 2 * down.at(i);
      spectrum[to] = line[0];
      spectrum[to + width * height] = line[1];
      for (int k = 1; k < width / 2; k++) {
        spectrum[to + 2 * k * height] = line[2 * k];
        spectrum[to + 2 * k * height + 1] = line[2 * k + 1];
      }
    }
    for (int k = 0; k <= width / 2; k++) {
      columns.complexForward(spectrum, 2 * k * height);
    }
  }

  /**
   * Transforms a spectrum back, destroying it, and takes a channel of an image from the plane.
   *
   * @param add whether it is added to what the image holds
   */
  void inverse(float[] spectrum, Images images, int image, int channel, boolean add) {
    Lattice down = images.down();
    Lattice across = images.across();
    for (int k = 0; k <= width / 2; k++) {
      columns.complexInverse(spectrum, 2 * k * height, true);
    }
    for (int i = 0; i < down.count(); i++) {
      int from = 2 * down.at(i);
      line[0] = spectrum[from];
      line[1] = spectrum[from + width * height];
      for (int k = 1; k < width / 2; k++) {
        line[2 * k] = spectrum[from + 2 * k * height];
        line[2 * k + 1] = spectrum[from + 2 * k * height + 1];
      }
      rows.realInverse(line, 0, true);
      int to = images.at(image, channel, i);
      for (int j = 0; j < across.count(); j++) {
        int pixel = to + j * images.pixelStride();
        float value = line[across.at(j)];
        images.data()[pixel] = add ? images.data()[pixel] + value : value;
      }
    }
  }
}
