package dev.tributary.data;

import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Encoded images made by hand. */
public final class TestImages {
  private TestImages() {}

  /** (height, width, channels) values that differ from pixel to pixel. */
  public static byte[] pixels(int height, int width, int channels) {
    byte[] values = new byte[height * width * channels];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          values[at++] = (byte) (y * 101 + x * 37 + c * 53 + x * y % 11 * 7);
        }
      }
    }
    return values;
  }

  /** A file of {@code png}, {@code jpg}, {@code gif} or {@code bmp}; 1, 3 or 4 channels. */
  public static byte[] encode(String format, byte[] pixels, int height, int width) {
    int channels = pixels.length / (height * width);
    int type =
        channels == 1
            ? BufferedImage.TYPE_BYTE_GRAY
            : channels == 3 ? BufferedImage.TYPE_3BYTE_BGR : BufferedImage.TYPE_4BYTE_ABGR;
    BufferedImage image = new BufferedImage(width, height, type);
    WritableRaster raster = image.getRaster();
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          raster.setSample(x, y, c, pixels[at++] & 0xFF);
        }
      }
    }
    return encode(format, image);
  }

  /** A file of an image. */
  public static byte[] encode(String format, BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException("no " + format + " of such an image");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
