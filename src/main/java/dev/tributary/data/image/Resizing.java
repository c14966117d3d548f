package dev.tributary.data.image;

/**
 * Bilinear resizing with antialiasing: each pixel is the mean, weighted by a triangle, of those
 * beneath it; when an image gets smaller, the triangle grows with the pixels it stands for. First
 * along rows, then along columns, in whole numbers: the same bytes on any machine, and those of
 * Pillow's {@code Image.resize(size, BILINEAR)}.
 */
final class Resizing {
  /** Bits of a weight behind the point: 32, less 8 of a pixel, less 2 to spare. */
  private static final int BITS = 22;

  private Resizing() {}

  static Pixels apply(Pixels image, int height, int width) {
    Pixels wide = width == image.width() ? image : alongRows(image, width);
    return height == wide.height() ? wide : alongColumns(wide, height);
  }

  private static Pixels alongRows(Pixels image, int width) {
    Weights weights = Weights.of(image.width(), width);
    int channels = image.channels();
    byte[] out = new byte[image.height() * width * channels];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < width; x++) {
        int from = (y * image.width() + weights.first[x]) * channels;
        for (int c = 0; c < channels; c++) {
          out[(y * width + x) * channels + c] = weights.sum(x, image.values(), from + c, channels);
        }
      }
    }
    return new Pixels(image.height(), width, channels, out);
  }

  private static Pixels alongColumns(Pixels image, int height) {
    Weights weights = Weights.of(image.height(), height);
    int row = image.width() * image.channels();
    byte[] out = new byte[height * row];
    for (int y = 0; y < height; y++) {
      int from = weights.first[y] * row;
      for (int j = 0; j < row; j++) {
        out[y * row + j] = weights.sum(y, image.values(), from + j, row);
      }
    }
    return new Pixels(height, image.width(), image.channels(), out);
  }

  /** For each place along one axis: which places it is made of, and their shares. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Weights(int[] first, int[][] shares) {
    static Weights of(int from, int to) {
      double scale = (double) from / to;
      double reach = Math.max(scale, 1);
      int[] first = new int[to];
      int[][] shares = new int[to][];
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int start = Math.max(0, (int) (centre - reach + 0.5));
        int end = Math.min(from, (int) (centre + reach + 0.5));
        double[] triangle = new double[end - start];
        double sum = 0;
        for (int j = 0; j < triangle.length; j++) {
          double distance = Math.abs((start + j - centre + 0.5) * (1 / reach));
          triangle[j] = Math.max(0, 1 - distance);
          sum += triangle[j];
        }
        first[i] = start;
        shares[i] = new int[triangle.length];
        for (int j = 0; j < triangle.length; j++) {
          shares[i][j] = (int) (0.5 + triangle[j] / sum * (1 << BITS));
        }
      }
      return new Weights(first, shares);
    }

    /** Of place {@code i}, whose first source stands at {@code from}, the next a step behind. */
    byte sum(int i, byte[] values, int from, int step) {
      int sum = 1 << (BITS - 1);
      int at = from;
      for (int share : shares[i]) {
        sum += share * (values[at] & 0xFF);
        at += step;
      }
      return (byte) Math.min(255, sum >> BITS);
    }
  }
}
