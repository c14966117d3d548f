package dev.tributary.data.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pair of NumPy arrays, features and what is to be predicted, a row for each sample. Bytes
 * that are images, (n, height, width) or (n, height, width, channels), are pixels, 0 … 1; all other
 * numbers are what they are.
 */
public final class NpyReader implements Records {
  /**
   * One array, open.
   *
   * @param name for messages
   * @param header of it
   * @param in stands at the row that is read next; closed with the reader
   */
  public record Array(String name, NpyHeader header, InputStream in) {}

  /**
   * What rows become.
   *
   * @param schema of the samples
   * @param classes labels must be below it; 0 where numbers are to be predicted
   * @param filled features that may be missing
   */
  public record Target(Schema schema, int classes, BitSet filled) {}

  private final Array features;
  private final @Nullable Array labels;
  private final Target target;
  private final byte[] featureBytes;
  private final byte[] labelBytes;
  private final float[] values;
  private final float[] targets;
  private long next;
  private String file;

  /**
   * From a row on.
   *
   * @param labels null if there are none
   * @param next the row's number
   */
  public NpyReader(Array features, @Nullable Array labels, Target target, long next) {
    this.features = features;
    this.labels = labels;
    this.target = target;
    this.next = next;
    this.featureBytes = new byte[features.header().rowBytes()];
    this.labelBytes = new byte[labels == null ? 0 : labels.header().rowBytes()];
    this.values = new float[target.schema().pixels() ? 0 : target.schema().shape().size()];
    this.targets = new float[target.schema().targets()];
    this.file = features.name();
  }

  @Override
  public void next(Samples samples) throws IOException, BadRowException {
    ByteBuffer x = row(features, featureBytes);
    ByteBuffer y = labels == null ? null : row(labels, labelBytes);
    long number = next++;
    int label = Samples.UNLABELLED;
    if (y != null && labels != null) {
      file = labels.name();
      label = label(y, labels.header(), number);
    } else {
      java.util.Arrays.fill(targets, Float.NaN);
    }
    file = features.name();
    if (target.schema().pixels()) {
      if (targets.length > 0) {
        samples.add(featureBytes, targets);
      } else {
        samples.add(featureBytes, 0, label);
      }
      return;
    }
    for (int j = 0; j < values.length; j++) {
      double value = features.header().value(x, j);
      boolean mayBeMissing = Double.isNaN(value) && target.filled().get(j);
      values[j] = mayBeMissing ? Float.NaN : finite(value, "feature " + j, number);
    }
    samples.add(values, targets, 1f, label);
  }

  /** The class; where numbers are to be predicted none, and they are put where they belong. */
  private int label(ByteBuffer row, NpyHeader header, long number) throws BadRowException {
    if (target.classes() == 0) {
      for (int j = 0; j < targets.length; j++) {
        targets[j] = finite(header.value(row, j), "number " + j + " to predict", number);
      }
      return Samples.UNLABELLED;
    }
    double value = header.value(row, 0);
    if (value != Math.rint(value) || value < 0 || value >= target.classes()) {
      throw new BadRowException(
          Double.isNaN(value) ? Kind.MISSING_LABEL : Kind.LABEL_OUT_OF_RANGE,
          String.format(
              Locale.ROOT,
              "the label of sample %,d is %s, but classes are 0 to %d, one for each of the"
                  + " network's outputs",
              number,
              value,
              target.classes() - 1));
    }
    return (int) value;
  }

  /** As float32; −0 is 0, as in tables. */
  private static float finite(double value, String what, long number) throws BadRowException {
    float result = (float) value + 0f;
    if (!Float.isFinite(result)) {
      throw new BadRowException(
          Kind.NOT_FINITE,
          String.format(
              Locale.ROOT, "%s of sample %,d is %s, not a finite float32", what, number, value));
    }
    return result;
  }

  private ByteBuffer row(Array array, byte[] bytes) throws IOException {
    file = array.name();
    if (array.in().readNBytes(bytes, 0, bytes.length) < bytes.length) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: ends within row %,d, but its header promises %,d rows; it was cut short",
              array.name(),
              next,
              array.header().rows()));
    }
    return ByteBuffer.wrap(bytes).order(array.header().order());
  }

  @Override
  public String file() {
    return file;
  }

  @Override
  public void checkEnd() throws IOException {
    checkEnd(features);
    if (labels != null) {
      checkEnd(labels);
    }
  }

  private static void checkEnd(Array array) throws IOException {
    if (array.in().read() >= 0) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: goes on behind the %,d rows of its header; is it damaged?",
              array.name(),
              array.header().rows()));
    }
  }

  @Override
  public void close() throws IOException {
    try {
      features.in().close();
    } finally {
      if (labels != null) {
        labels.in().close();
      }
    }
  }
}
