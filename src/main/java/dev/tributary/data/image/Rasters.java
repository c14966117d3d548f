package dev.tributary.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The stored samples of Java's images. {@link BufferedImage#getRGB} alone would take grey for light
 * and make it brighter.
 */
final class Rasters {
  private Rasters() {}

  static Pixels pixels(BufferedImage image) {
    Raster raster = image.getRaster();
    return image.getColorModel() instanceof IndexColorModel palette
        ? indexed(raster, palette)
        : samples(raster, image.getColorModel());
  }

  private static Pixels samples(Raster raster, ColorModel model) {
    int bands = raster.getNumBands();
    int channels = bands < 3 ? 1 : Math.min(bands, model.hasAlpha() ? 4 : 3);
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] values = new byte[height * width * channels];
    int[] row = new int[width * bands];
    int[] sizes = raster.getSampleModel().getSampleSize();
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          values[at++] = eightBits(row[x * bands + c], sizes[c]);
        }
      }
    }
    return new Pixels(height, width, channels, values);
  }

  private static byte eightBits(int sample, int bits) {
    return (byte) (bits >= 8 ? sample >>> (bits - 8) : sample * 255 / ((1 << bits) - 1));
  }

  private static Pixels indexed(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] values = new byte[height * width * 3];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int index : row) {
        int rgb = palette.getRGB(index);
        values[at++] = (byte) (rgb >> 16);
        values[at++] = (byte) (rgb >> 8);
        values[at++] = (byte) rgb;
      }
    }
    return new Pixels(height, width, 3, values);
  }
}
