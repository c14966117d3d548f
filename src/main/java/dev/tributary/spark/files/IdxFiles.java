package dev.tributary.spark.files;

import dev.tributary.data.DataException;
import dev.tributary.data.Schema;
import dev.tributary.data.files.IdxReader;
import dev.tributary.data.files.Records;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/**
 * A pair of IDX files: {@code PREFIX-images-idx3-ubyte[.gz]} and {@code
 * PREFIX-labels-idx1-ubyte[.gz]}.
 *
 * <p>gzip cannot be entered in the middle, so each task reads from the start and passes over what
 * is not its own; the files are small beside what training does with them.
 */
public final class IdxFiles implements RecordFormat {
  private static final long serialVersionUID = 1L;

  /** What the name of a file of images ends in. */
  public static final String IMAGES = "-images-idx3-ubyte";

  /** What the name of a file of labels ends in. */
  public static final String LABELS = "-labels-idx1-ubyte";

  private final String images;
  private final @Nullable String labels;
  private final int classes;
  private final Shape shape;
  private final int count;

  private IdxFiles(String images, @Nullable String labels, int classes, Configuration hadoop) {
    this.images = images;
    this.labels = labels;
    this.classes = classes;
    try (IdxReader reader = read(hadoop)) {
      this.shape = reader.shape();
      this.count = reader.count();
    } catch (IOException e) {
      throw RecordSource.unreadable(describe(), e);
    }
  }

  /**
   * Finds both files and reads their headers.
   *
   * @param prefix path and start of the name: {@code hdfs:///mnist/train}
   * @param classes labels must be below it
   * @param labelled whether there must be labels
   * @throws DataException if a file is missing or a header is wrong
   */
  static IdxFiles open(String prefix, int classes, boolean labelled, Configuration hadoop) {
    String images = find(prefix, IMAGES, hadoop);
    String labels = find(prefix, LABELS, hadoop);
    if (images == null) {
      throw missing(prefix, IMAGES);
    }
    if (labels == null && labelled) {
      throw missing(prefix, LABELS);
    }
    return new IdxFiles(images, labels, classes, hadoop);
  }

  private static @Nullable String find(String prefix, String suffix, Configuration hadoop) {
    for (String name : List.of(prefix + suffix, prefix + suffix + ".gz")) {
      FileStatus file = HadoopFiles.find(name, hadoop);
      if (file != null) {
        return file.getPath().toString();
      }
    }
    return null;
  }

  private static DataException missing(String prefix, String suffix) {
    String shown = HadoopFiles.shown(prefix);
    return new DataException(
        String.format(
            "no file %s%s or %s%s.gz; the data is named by what comes before \"%s\", such as"
                + " DIR/train or DIR/t10k",
            shown, suffix, shown, suffix, suffix));
  }

  private IdxReader read(Configuration hadoop) throws IOException {
    InputStream imageBytes = HadoopFiles.open(images, 0, true, hadoop);
    InputStream labelBytes = null;
    try {
      labelBytes = labels == null ? null : HadoopFiles.open(labels, 0, true, hadoop);
      return new IdxReader(
          HadoopFiles.shown(images),
          imageBytes,
          labels == null ? "" : HadoopFiles.shown(labels),
          labelBytes,
          classes);
    } catch (IOException | DataException e) {
      imageBytes.close();
      if (labelBytes != null) {
        labelBytes.close();
      }
      throw e;
    }
  }

  @Override
  public Schema schema() {
    return Schema.images(shape);
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public String describe() {
    return HadoopFiles.shown(images);
  }

  @Override
  public Records open(long from, Configuration hadoop) throws IOException {
    IdxReader reader = read(hadoop);
    try {
      reader.skip((int) from);
      return reader;
    } catch (IOException | DataException e) {
      reader.close();
      throw e;
    }
  }
}
