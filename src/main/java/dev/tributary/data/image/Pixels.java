package dev.tributary.data.image;

/**
 * An image of 8-bit pixels.
 *
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 grey; 3 red, green, blue; 4 these and alpha
 * @param values (height, width, channels), unsigned
 */
@SuppressWarnings("ArrayRecordComponent") // Passed along within the package, never compared.
record Pixels(int height, int width, int channels, byte[] values) {
  /** The rectangle of these sizes that begins at a row and a column. */
  Pixels cut(int top, int left, int rows, int columns) {
    if (rows == height && columns == width) {
      return this;
    }
    byte[] part = new byte[rows * columns * channels];
    for (int y = 0; y < rows; y++) {
      int from = ((top + y) * width + left) * channels;
      System.arraycopy(values, from, part, y * columns * channels, columns * channels);
    }
    return new Pixels(rows, columns, channels, part);
  }

  /** This image in the middle of a larger one of zeros. */
  Pixels centred(int rows, int columns) {
    if (rows == height && columns == width) {
      return this;
    }
    byte[] whole = new byte[rows * columns * channels];
    int top = (rows - height) / 2;
    int left = (columns - width) / 2;
    for (int y = 0; y < height; y++) {
      int to = ((top + y) * columns + left) * channels;
      System.arraycopy(values, y * width * channels, whole, to, width * channels);
    }
    return new Pixels(rows, columns, channels, whole);
  }

  /**
   * The same in grey, in colour, or in colour with alpha. Grey is ITU-R BT.601's luma, in whole
   * numbers; alpha is left out, and 255 where there is none.
   */
  Pixels withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    int count = height * width;
    byte[] converted = new byte[count * wanted];
    for (int i = 0; i < count; i++) {
      int from = i * channels;
      int to = i * wanted;
      if (wanted == 1) {
        converted[to] = luma(from);
        continue;
      }
      for (int c = 0; c < 3; c++) {
        converted[to + c] = values[channels == 1 ? from : from + c];
      }
      if (wanted == 4) {
        converted[to + 3] = (byte) 255;
      }
    }
    return new Pixels(height, width, wanted, converted);
  }

  /** 0.299 R + 0.587 G + 0.114 B, in units of 1/65536; grey stays what it is. */
  private byte luma(int at) {
    int red = values[at] & 0xFF;
    int green = values[at + 1] & 0xFF;
    int blue = values[at + 2] & 0xFF;
    return (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
  }
}
