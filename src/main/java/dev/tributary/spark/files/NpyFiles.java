package dev.tributary.spark.files;

import dev.tributary.data.DataException;
import dev.tributary.data.Schema;
import dev.tributary.data.files.NpyHeader;
import dev.tributary.data.files.NpyReader;
import dev.tributary.data.files.Records;
import dev.tributary.job.LabelRule;
import dev.tributary.tensor.Shape;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/** A pair of NumPy arrays: {@code x.npy,y.npy}; features alone where nothing is to be learnt. */
final class NpyFiles implements RecordFormat {
  private static final long serialVersionUID = 1L;

  /** One file, and what its header says. */
  private record File(String name, boolean seekable, long rows, int rowBytes, long start)
      implements Serializable {}

  /**
   * What a network reads and predicts.
   *
   * @param input a sample as it is read
   * @param outputs numbers that the network gives
   * @param classes labels must be below it, if they are classes
   * @param labels whether they are
   * @param filled features that may be missing
   */
  record Wanted(Shape input, int outputs, int classes, LabelRule labels, BitSet filled) {}

  private final String location;
  private final File features;
  private final @Nullable File labels;
  private final Schema schema;
  private final int classes;
  private final BitSet filled;

  private NpyFiles(
      String location,
      File features,
      NpyHeader x,
      @Nullable File labels,
      @Nullable NpyHeader y,
      Wanted wanted) {
    this.location = location;
    this.features = features;
    this.labels = labels;
    this.filled = wanted.filled();
    int numbers =
        y == null ? (wanted.labels().areClasses(1) ? 1 : wanted.outputs()) : y.row().size();
    boolean areClasses = wanted.labels().areClasses(numbers);
    if (areClasses && numbers > 1) {
      throw new DataException(
          String.format(
              "%s: %d numbers for each sample are no class; set data.label_kind = numbers",
              HadoopFiles.shown(location), numbers));
    }
    this.classes = areClasses ? wanted.classes() : 0;
    boolean pixels = x.isBytes() && x.row().dimensions().length >= 2;
    Shape shape = shape(x, wanted.input(), HadoopFiles.shown(features.name()));
    this.schema = new Schema(shape, pixels, areClasses ? 0 : numbers, false);
  }

  /**
   * Finds the files and reads their headers.
   *
   * @param location {@code x.npy,y.npy}, or {@code x.npy}
   * @param labelled whether there must be labels
   * @throws DataException if one is missing, or they are no pair
   */
  static NpyFiles open(String location, Wanted wanted, boolean labelled, Configuration hadoop) {
    String[] names = location.split(",", -1);
    if (names.length > 2 || (labelled && names.length < 2)) {
      throw new DataException(
          String.format(
              "data.format = npy reads a pair of files, features and labels, named as"
                  + " DIR/x.npy,DIR/y.npy, not %s",
              HadoopFiles.shown(location)));
    }
    try {
      FileStatus features = find(names[0], hadoop);
      NpyHeader x = header(features, hadoop);
      if (names.length == 1) {
        return new NpyFiles(location, file(features, x), x, null, null, wanted);
      }
      FileStatus labels = find(names[1], hadoop);
      NpyHeader y = header(labels, hadoop);
      if (x.rows() != y.rows()) {
        throw new DataException(
            String.format(
                Locale.ROOT,
                "%s has %,d rows but %s has %,d; they must be a pair, a row for each sample",
                HadoopFiles.shown(names[0]),
                x.rows(),
                HadoopFiles.shown(names[1]),
                y.rows()));
      }
      return new NpyFiles(location, file(features, x), x, file(labels, y), y, wanted);
    } catch (IOException e) {
      throw RecordSource.unreadable(HadoopFiles.shown(location), e);
    }
  }

  private static FileStatus find(String name, Configuration hadoop) {
    FileStatus found = HadoopFiles.find(name.strip(), hadoop);
    if (found == null) {
      throw new DataException("no file " + HadoopFiles.shown(name));
    }
    return found;
  }

  private static NpyHeader header(FileStatus status, Configuration hadoop) throws IOException {
    String name = status.getPath().toString();
    try (DataInputStream in = new DataInputStream(HadoopFiles.open(name, 0, true, hadoop))) {
      NpyHeader header = NpyHeader.read(in, HadoopFiles.shown(name));
      if (status.getLen() != HadoopFiles.UNKNOWN) {
        header.checkLength(HadoopFiles.shown(name), status.getLen());
      }
      return header;
    }
  }

  private static File file(FileStatus status, NpyHeader header) {
    return new File(
        status.getPath().toString(),
        status.getLen() != HadoopFiles.UNKNOWN,
        header.rows(),
        header.rowBytes(),
        header.length());
  }

  /** A row of as many numbers as an image has may be one, flattened. */
  private static Shape shape(NpyHeader header, Shape input, String name) {
    int[] d = header.row().dimensions();
    if (d.length < 2) {
      return header.row().size() == input.size() ? input : Shape.flat(header.row().size());
    }
    if (d.length > 3) {
      throw new DataException(
          String.format(
              "%s: samples of %d dimensions; (n, features), (n, height, width) and (n, height,"
                  + " width, channels) are read",
              name, d.length));
    }
    return Shape.image(d[0], d[1], d.length == 3 ? d[2] : 1);
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public long count() {
    return features.rows();
  }

  @Override
  public String describe() {
    return HadoopFiles.shown(location);
  }

  @Override
  public Records open(long from, Configuration hadoop) throws IOException {
    NpyReader.Array x = array(features, from, hadoop);
    try {
      NpyReader.Array y = labels == null ? null : array(labels, from, hadoop);
      return new NpyReader(x, y, new NpyReader.Target(schema, classes, filled), from);
    } catch (IOException | DataException e) {
      x.in().close();
      throw e;
    }
  }

  private static NpyReader.Array array(File file, long from, Configuration hadoop)
      throws IOException {
    String shown = HadoopFiles.shown(file.name());
    NpyHeader header;
    try (DataInputStream in = new DataInputStream(HadoopFiles.open(file.name(), 0, true, hadoop))) {
      header = NpyHeader.read(in, shown);
    }
    if (header.rows() != file.rows() || header.rowBytes() != file.rowBytes()) {
      throw new DataException(shown + ": has changed since it was looked at; run it again");
    }
    long start = file.start() + from * file.rowBytes();
    return new NpyReader.Array(
        shown, header, HadoopFiles.open(file.name(), start, file.seekable(), hadoop));
  }
}
