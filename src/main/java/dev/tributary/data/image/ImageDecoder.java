package dev.tributary.data.image;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Makes of an encoded image the pixels that a network reads: grey or colour as its input has 1, 3
 * or 4 channels, of its height and width as a {@link Fit} says. An image that has this shape
 * already keeps its bytes.
 *
 * <p>Java's own readers decode. What they let pass, damage, is found here: a PNG's chunks must have
 * their checksums, and a JPEG must not end early or lose its place. Profiles of colour and the
 * camera's orientation are not applied. Of 16 bits the upper 8 count.
 */
public final class ImageDecoder implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Pixels of an image: 8192 x 8192. */
  private static final long LARGEST = 1L << 26;

  /** PNG's compression makes a byte of 1,032 at most, and a byte may be eight pixels. */
  private static final long PIXELS_IN_A_BYTE = 8 * 1032;

  private final int height;
  private final int width;
  private final int channels;
  private final Fit fit;

  /**
   * For images of this shape.
   *
   * @throws IllegalArgumentException if no image has so many channels
   */
  public ImageDecoder(Shape shape, Fit fit) {
    if (shape.channels() == 2 || shape.channels() > 4) {
      throw new IllegalArgumentException(
          String.format(
              "images have 1, 3 or 4 channels (grey; red, green, blue; these and alpha), not the %d"
                  + " of %s; set network.input",
              shape.channels(), shape));
    }
    this.height = shape.height();
    this.width = shape.width();
    this.channels = shape.channels();
    this.fit = fit;
  }

  /**
   * Decodes one.
   *
   * @param encoded the file's bytes
   * @return (height, width, channels), unsigned
   * @throws BadRowException if it is no image that is whole
   */
  public byte[] decode(byte[] encoded) throws BadRowException {
    String format = format(encoded);
    if (format.equals("png")) {
      PngChunks.check(encoded);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    if (!readers.hasNext()) {
      throw undecodable("this Java reads no " + format);
    }
    ImageReader reader = readers.next();
    Damage damage = new Damage();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(encoded))) {
      reader.setInput(in, true, true);
      checkSize(reader.getWidth(0), reader.getHeight(0), encoded.length);
      reader.addIIOReadWarningListener(damage);
      ImageReadParam plain = reader.getDefaultReadParam();
      Pixels pixels = Rasters.pixels(reader.read(0, plain));
      if (damage.found() != null) {
        throw undecodable(damage.found());
      }
      return fitted(pixels.withChannels(channels));
    } catch (IOException | RuntimeException e) {
      // Of bytes that are no image the readers say all kinds of things.
      throw undecodable("a damaged " + format + " (" + words(e) + ")");
    } finally {
      reader.dispose();
    }
  }

  /**
   * Fits pixels that are decoded already.
   *
   * @param values (rows, columns, bands), unsigned; bands are grey; red, green, blue; or with alpha
   * @throws BadRowException if they are not as many as that
   */
  public byte[] fit(byte[] values, int rows, int columns, int bands) throws BadRowException {
    boolean known = bands == 1 || bands == 3 || bands == 4;
    if (!known || rows < 1 || columns < 1 || (long) rows * columns * bands != values.length) {
      throw undecodable(
          String.format(
              Locale.ROOT,
              "%d bytes are no image of %d x %d pixels with %d channels",
              values.length,
              rows,
              columns,
              bands));
    }
    return fitted(new Pixels(rows, columns, bands, values).withChannels(channels));
  }

  private byte[] fitted(Pixels image) {
    int rows = image.height();
    int columns = image.width();
    return switch (fit) {
      case STRETCH -> Resizing.apply(image, height, width).values();
      case CROP -> {
        int y = Math.min(rows, share(columns, height, width));
        int x = Math.min(columns, share(rows, width, height));
        Pixels middle = image.cut((rows - y) / 2, (columns - x) / 2, y, x);
        yield Resizing.apply(middle, height, width).values();
      }
      case PAD -> {
        int y = Math.min(height, share(width, rows, columns));
        int x = Math.min(width, share(height, columns, rows));
        yield Resizing.apply(image, y, x).centred(height, width).values();
      }
    };
  }

  /** {@code n a / b}, rounded, at least 1. */
  private static int share(int n, int a, int b) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (2L * n * a + b) / (2L * b)));
  }

  /** Told by content, not by name. */
  private static String format(byte[] encoded) throws BadRowException {
    if (starts(encoded, 0x89, 'P', 'N', 'G')) {
      return "png";
    }
    if (starts(encoded, 0xFF, 0xD8, 0xFF)) {
      return "jpeg";
    }
    if (starts(encoded, 'G', 'I', 'F', '8')) {
      return "gif";
    }
    if (starts(encoded, 'B', 'M')) {
      return "bmp";
    }
    StringBuilder start = new StringBuilder();
    for (int i = 0; i < Math.min(4, encoded.length); i++) {
      start.append(String.format("%02x", encoded[i] & 0xFF));
    }
    throw undecodable(
        encoded.length == 0
            ? "there are no bytes"
            : "it starts with 0x" + start + ", and is no PNG, JPEG, GIF or BMP");
  }

  private static boolean starts(byte[] bytes, int... start) {
    for (int i = 0; i < start.length; i++) {
      if (i >= bytes.length || (bytes[i] & 0xFF) != start[i]) {
        return false;
      }
    }
    return true;
  }

  /** A header must not make us ask for more memory than its bytes can fill. */
  private static void checkSize(int columns, int rows, int bytes) throws BadRowException {
    long most = Math.min(LARGEST, PIXELS_IN_A_BYTE * bytes);
    if (columns < 1 || rows < 1 || (long) rows * columns > most) {
      throw undecodable(
          String.format(
              Locale.ROOT,
              "its header says %,d x %,d pixels, which are more than the %,d that %,d bytes can"
                  + " hold",
              rows,
              columns,
              most,
              bytes));
    }
  }

  private static String words(Exception e) {
    String message = e.getMessage();
    return message == null || message.isBlank()
        ? e.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  static BadRowException undecodable(String why) {
    return new BadRowException(Kind.UNDECODABLE_IMAGE, why);
  }
}
