package dev.tributary.spark;

import dev.tributary.data.DataException;
import dev.tributary.data.IdxReader;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.job.Redaction;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A pair of IDX files on any Hadoop filesystem: {@code PREFIX-images-idx3-ubyte[.gz]} and {@code
 * PREFIX-labels-idx1-ubyte[.gz]}.
 *
 * <p>gzip cannot be entered in the middle, so each task reads from the start and passes over what
 * is not its own; the files are small beside what training does with them.
 */
public final class IdxSource implements SampleSource {
  static final String IMAGES = "-images-idx3-ubyte";
  static final String LABELS = "-labels-idx1-ubyte";

  private final String images;
  private final @Nullable String labels;
  private final int classes;
  private final Shape shape;
  private final int count;

  private IdxSource(String images, @Nullable String labels, int classes, Configuration hadoop) {
    this.images = images;
    this.labels = labels;
    this.classes = classes;
    try (IdxReader reader = open(images, labels, hadoop)) {
      this.shape = reader.shape();
      this.count = reader.count();
    } catch (IOException e) {
      throw unreadable(images, labels, e);
    }
  }

  /**
   * Finds both files and reads their headers.
   *
   * @param prefix path and start of the name: {@code hdfs:///mnist/train}
   * @param classes labels must be below it
   * @throws DataException if a file is missing or a header is wrong
   */
  public static IdxSource labelled(String prefix, int classes, Configuration hadoop) {
    String images = find(prefix, IMAGES, hadoop);
    String labels = find(prefix, LABELS, hadoop);
    return new IdxSource(
        images == null ? missing(prefix, IMAGES) : images,
        labels == null ? missing(prefix, LABELS) : labels,
        classes,
        hadoop);
  }

  /** The same where labels need not be there. */
  public static IdxSource maybeLabelled(String prefix, int classes, Configuration hadoop) {
    String images = find(prefix, IMAGES, hadoop);
    return new IdxSource(
        images == null ? missing(prefix, IMAGES) : images,
        find(prefix, LABELS, hadoop),
        classes,
        hadoop);
  }

  private static @Nullable String find(String prefix, String suffix, Configuration hadoop) {
    try {
      for (String name : List.of(prefix + suffix, prefix + suffix + ".gz")) {
        Path path = new Path(name);
        FileSystem files = path.getFileSystem(hadoop);
        if (files.exists(path)) {
          return files.makeQualified(path).toString();
        }
      }
      return null;
    } catch (IOException | IllegalArgumentException e) {
      throw new DataException("cannot look for " + prefix + suffix + "[.gz]: " + e.getMessage(), e);
    }
  }

  private static String missing(String prefix, String suffix) {
    throw new DataException(
        String.format(
            "no file %s%s or %s%s.gz; the data is named by what comes before \"%s\", such as"
                + " DIR/train or DIR/t10k",
            prefix, suffix, prefix, suffix, suffix));
  }

  private static IdxReader open(String images, @Nullable String labels, Configuration hadoop)
      throws IOException {
    Path imagePath = new Path(images);
    InputStream imageBytes = imagePath.getFileSystem(hadoop).open(imagePath);
    if (labels == null) {
      return new IdxReader(images, imageBytes, "", null);
    }
    Path labelPath = new Path(labels);
    return new IdxReader(
        images, imageBytes, labels, labelPath.getFileSystem(hadoop).open(labelPath));
  }

  private static DataException unreadable(String images, @Nullable String labels, IOException e) {
    return new DataException(
        String.format(
            "cannot read %s%s: %s",
            images, labels == null ? "" : " with " + labels, e.getMessage()),
        e);
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
    return Redaction.ofAddresses(images);
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Broadcast<SerializableConfiguration> hadoop =
        spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
    String imageFile = images;
    String labelFile = labels;
    int labelLimit = classes;
    return spark
        .parallelize(Range.cut(count, slices), slices)
        .flatMap(range -> read(imageFile, labelFile, labelLimit, range, hadoop.value().value()));
  }

  private static Iterator<Samples> read(
      String images, @Nullable String labels, int classes, Range range, Configuration hadoop) {
    try {
      IdxReader reader = open(images, labels, hadoop);
      TaskContext.get()
          .addTaskCompletionListener(
              (org.apache.spark.util.TaskCompletionListener) done -> closeQuietly(reader));
      reader.skip((int) range.from());
      return range.blocks().stream()
          .map(block -> readBlock(reader, images, labels, classes, (int) block.count()))
          .iterator();
    } catch (IOException e) {
      throw unreadable(images, labels, e);
    }
  }

  private static Samples readBlock(
      IdxReader reader, String images, @Nullable String labels, int classes, int count) {
    try {
      return reader.read(count, classes);
    } catch (IOException e) {
      throw unreadable(images, labels, e);
    }
  }

  private static void closeQuietly(IdxReader reader) {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
