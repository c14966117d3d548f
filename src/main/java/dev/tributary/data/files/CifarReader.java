package dev.tributary.data.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;

/**
 * Reads a file of CIFAR-10's binary form: for each sample a byte of label, then 32 x 32 bytes each
 * of red, green and blue, row by row. There is no header. (Krizhevsky: "Learning multiple layers of
 * features from tiny images", 2009.)
 */
public final class CifarReader implements Records {
  /** One image: 32 x 32 pixels of red, green, blue. */
  public static final Shape SHAPE = Shape.image(32, 32, 3);

  /** Images, and a class for each. */
  public static final Schema SCHEMA = Schema.images(SHAPE);

  /** Bytes of a sample. */
  public static final int RECORD = 1 + SHAPE.size();

  private final String name;
  private final InputStream in;
  private final int classes;
  private final byte[] record = new byte[RECORD];
  private final byte[] image = new byte[SHAPE.size()];
  private long next;

  /**
   * From a sample on.
   *
   * @param name the file's, for messages
   * @param in stands at the sample; closed with this reader
   * @param next the sample's number
   * @param classes labels must be below it
   */
  public CifarReader(String name, InputStream in, long next, int classes) {
    this.name = name;
    this.in = in;
    this.next = next;
    this.classes = classes;
  }

  /**
   * Samples in a file of this length.
   *
   * @throws DataException if it is no whole number of them
   */
  public static long count(String name, long length) {
    if (length % RECORD != 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %,d bytes are no whole number of CIFAR-10's records of %,d bytes; it was cut"
                  + " short, or is another file (of cifar-10-binary.tar.gz, unpacked,"
                  + " data_batch_*.bin and test_batch.bin are read)",
              name,
              length,
              RECORD));
    }
    return length / RECORD;
  }

  @Override
  public void next(Samples samples) throws IOException, BadRowException {
    int read = in.readNBytes(record, 0, RECORD);
    if (read < RECORD) {
      throw new DataException(
          String.format(Locale.ROOT, "%s: ends within sample %,d; it was cut short", name, next),
          new EOFException());
    }
    long number = next++;
    int label = record[0] & 0xFF;
    if (label >= classes) {
      throw new BadRowException(
          Kind.LABEL_OUT_OF_RANGE,
          String.format(
              Locale.ROOT,
              "the label of sample %,d is %d, but classes are 0 to %d, one for each of the"
                  + " network's outputs",
              number,
              label,
              classes - 1));
    }
    int plane = SHAPE.height() * SHAPE.width();
    for (int i = 0; i < plane; i++) {
      for (int c = 0; c < SHAPE.channels(); c++) {
        image[i * SHAPE.channels() + c] = record[1 + c * plane + i];
      }
    }
    samples.add(image, 0, label);
  }

  @Override
  public String file() {
    return name;
  }

  @Override
  public void checkEnd() throws IOException {
    if (in.read() >= 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: goes on behind its %,d samples; did it change meanwhile?",
              name,
              next));
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
