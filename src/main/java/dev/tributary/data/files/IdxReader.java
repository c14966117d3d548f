package dev.tributary.data.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pair of IDX files, images and their labels, plain or gzip (told by content, not by name),
 * from the first sample to the last.
 *
 * <p>Images are unsigned bytes, (n, height, width) or (n, height, width, channels); labels are
 * unsigned bytes, (n).
 */
public final class IdxReader implements Records {
  private static final int BUFFER = 1 << 16;

  /** Values in an image: 4096 x 4096 x 4. */
  private static final long LARGEST_IMAGE = 1L << 26;

  /** Bytes that are asked for before they are known to be there. */
  private static final int ROOM = 1 << 24;

  private final String imagesName;
  private final String labelsName;
  private final DataInputStream images;
  private final @Nullable DataInputStream labels;
  private final Shape shape;
  private final int count;
  private final int classes;
  private final byte[] image;
  private int next;

  /**
   * Reads both headers.
   *
   * @param images the images' bytes; closed with this reader
   * @param labels the labels' bytes; closed with this reader; null if there are none
   * @param classes labels must be below it
   * @throws DataException if a header is wrong or the counts differ; the message names the file
   */
  public IdxReader(
      String imagesName,
      InputStream images,
      String labelsName,
      @Nullable InputStream labels,
      int classes)
      throws IOException {
    this.imagesName = imagesName;
    this.labelsName = labelsName;
    this.images = plain(images, imagesName);
    this.labels = labels == null ? null : plain(labels, labelsName);
    IdxHeader imageHeader = IdxHeader.read(this.images, imagesName, "images", 3, 4);
    if (this.labels != null) {
      checkPair(imageHeader, IdxHeader.read(this.labels, labelsName, "labels", 1));
    }
    int[] d = imageHeader.dimensions();
    checkSize(d);
    this.shape = Shape.image(d[1], d[2], d.length == 4 ? d[3] : 1);
    this.count = imageHeader.count();
    this.classes = classes;
    this.image = new byte[shape.size()];
  }

  /** A header that was damaged, or is meant to, must not make us ask for all memory. */
  private void checkSize(int[] d) {
    long values = 1;
    for (int i = 1; i < d.length; i++) {
      values = Math.min(values, LARGEST_IMAGE) * d[i];
    }
    if (values > LARGEST_IMAGE) {
      throw new DataException(
          String.format(
              "%s: the header says images of %s values, more than the %,d that are read; is the"
                  + " file damaged?",
              imagesName,
              Arrays.stream(d).skip(1).mapToObj(String::valueOf).collect(Collectors.joining(" x ")),
              LARGEST_IMAGE));
    }
  }

  private void checkPair(IdxHeader imageHeader, IdxHeader labelHeader) {
    if (imageHeader.count() != labelHeader.count()) {
      throw new DataException(
          String.format(
              "%s holds %,d images but %s holds %,d labels; they must be a pair, one label for each"
                  + " image",
              imagesName, imageHeader.count(), labelsName, labelHeader.count()));
    }
  }

  private static DataInputStream plain(InputStream in, String name) throws IOException {
    PushbackInputStream start = new PushbackInputStream(in, 2);
    byte[] two = start.readNBytes(2);
    start.unread(two);
    boolean gzip = two.length == 2 && (two[0] & 0xFF) == 0x1F && (two[1] & 0xFF) == 0x8B;
    try {
      InputStream plain = gzip ? new GZIPInputStream(start, BUFFER) : start;
      return new DataInputStream(new BufferedInputStream(plain, BUFFER));
    } catch (EOFException e) {
      throw new DataException(name + ": the gzip file ends within its header; it was cut short", e);
    }
  }

  /** One image's shape. */
  public Shape shape() {
    return shape;
  }

  /** Samples in the files, by their headers. */
  public int count() {
    return count;
  }

  /** Passes over samples. */
  public void skip(int samples) throws IOException {
    skip(images, imagesName, (long) samples * shape.size());
    if (labels != null) {
      skip(labels, labelsName, samples);
    }
    next += samples;
  }

  private void skip(InputStream in, String name, long bytes) throws IOException {
    try {
      in.skipNBytes(bytes);
    } catch (EOFException e) {
      throw truncated(name, e);
    }
  }

  /**
   * Reads the next samples.
   *
   * @throws DataException if a file ends before, or a label is not below the number of classes
   */
  public Samples read(int samples) throws IOException {
    Samples read = new Samples(shape, Math.min(samples, Math.max(1, ROOM / shape.size())));
    for (int i = 0; i < samples; i++) {
      try {
        next(read);
      } catch (BadRowException e) {
        throw new DataException(labelsName + ": " + e.getMessage(), e);
      }
    }
    return read;
  }

  @Override
  public void next(Samples samples) throws IOException, BadRowException {
    try {
      images.readFully(image);
    } catch (EOFException e) {
      throw truncated(imagesName, e);
    }
    int label = readLabel();
    int number = next++;
    if (label >= classes) {
      throw new BadRowException(
          Kind.LABEL_OUT_OF_RANGE,
          String.format(
              "the label of sample %,d is %d, but the network has %d outputs, so labels are 0 to"
                  + " %d; give its last layer at least %d outputs, or mend the labels",
              number, label, classes, classes - 1, label + 1));
    }
    samples.add(image, 0, label);
  }

  private int readLabel() throws IOException {
    if (labels == null) {
      return Samples.UNLABELLED;
    }
    try {
      return labels.readUnsignedByte();
    } catch (EOFException e) {
      throw truncated(labelsName, e);
    }
  }

  /** Of a sample whose label is bad, as that alone can be. */
  @Override
  public String file() {
    return labels == null ? imagesName : labelsName;
  }

  @Override
  public void checkEnd() throws IOException {
    checkEnd(images, imagesName);
    if (labels != null) {
      checkEnd(labels, labelsName);
    }
  }

  private void checkEnd(InputStream in, String name) throws IOException {
    if (in.read() >= 0) {
      throw new DataException(
          String.format(
              "%s: goes on behind the %,d samples that its header promises; is it damaged?",
              name, count));
    }
  }

  private DataException truncated(String name, EOFException cause) {
    return new DataException(
        String.format(
            "%s: ends by sample %,d, but its header promises %,d samples; the file was cut short:"
                + " fetch it again",
            name, next, count),
        cause);
  }

  @Override
  public void close() throws IOException {
    try {
      images.close();
    } finally {
      if (labels != null) {
        labels.close();
      }
    }
  }
}
