package dev.tributary.spark.files;

import dev.tributary.data.BadRowException;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import dev.tributary.data.files.Records;
import dev.tributary.data.image.Fit;
import dev.tributary.data.image.ImageDecoder;
import dev.tributary.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.jspecify.annotations.Nullable;

/**
 * Images in folders, one folder for each class: {@code ROOT/cat/12.png}, or deeper. Images that are
 * in no folder have no label. Files of other names than images have are not looked at.
 */
public final class ImageFolder implements RecordFormat {
  private static final long serialVersionUID = 1L;

  /** Under which name the classes stand in a model's vocabulary. */
  public static final String CLASS = "class";

  private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "gif", "bmp");

  /** Bytes of one encoded image. */
  private static final int LONGEST = 1 << 28;

  /**
   * An image.
   *
   * @param folder that of its class; null if it is in none
   */
  private record Image(String file, @Nullable String folder) implements Serializable {}

  private final String location;
  private final ArrayList<Image> images;
  private final Vocabulary vocabulary;
  private final Schema schema;
  private final ImageDecoder decoder;
  private final int classes;
  private final boolean labelled;

  private ImageFolder(
      String location,
      List<Image> images,
      Vocabulary vocabulary,
      Shape shape,
      Fit fit,
      int classes,
      boolean labelled) {
    this.location = location;
    this.images = new ArrayList<>(images);
    this.vocabulary = vocabulary;
    this.schema = Schema.images(shape);
    this.decoder = new ImageDecoder(shape, fit);
    this.classes = classes;
    this.labelled = labelled;
  }

  /**
   * Finds all images.
   *
   * @param location a folder, or a glob of folders, that hold the classes' own
   * @param vocabulary the classes that are known
   * @param shape what is made of an image
   * @param classes labels must be below it
   * @param labelled whether each must have a class that is known
   * @throws DataException if there are none
   */
  static ImageFolder open(
      String location,
      Vocabulary vocabulary,
      Shape shape,
      Fit fit,
      int classes,
      boolean labelled,
      Configuration hadoop) {
    List<Image> images = list(location, hadoop);
    if (images.isEmpty()) {
      throw new DataException(
          HadoopFiles.shown(location)
              + " holds no images (*.png, *.jpg, *.jpeg, *.gif, *.bmp); expected a folder for each"
              + " class, with images in it");
    }
    try {
      return new ImageFolder(location, images, vocabulary, shape, fit, classes, labelled);
    } catch (IllegalArgumentException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The classes of a folder: the names of the folders in it that hold images, in order. */
  public static Vocabulary vocabulary(String location, Configuration hadoop) {
    Set<String> classes = new TreeSet<>();
    for (Image image : list(location, hadoop)) {
      if (image.folder() != null) {
        classes.add(image.folder());
      }
    }
    return new Vocabulary(Map.of(CLASS, classes));
  }

  private static List<Image> list(String location, Configuration hadoop) {
    List<Image> images = new ArrayList<>();
    try {
      for (FileStatus root : HadoopFiles.glob(location, hadoop)) {
        for (FileStatus child : HadoopFiles.children(root, hadoop)) {
          String folder = child.isDirectory() ? child.getPath().getName() : null;
          list(child, folder, images, hadoop);
        }
      }
      return images;
    } catch (IOException e) {
      throw RecordSource.unreadable(HadoopFiles.shown(location), e);
    }
  }

  private static void list(
      FileStatus status, @Nullable String folder, List<Image> images, Configuration hadoop)
      throws IOException {
    if (status.isDirectory()) {
      for (FileStatus child : HadoopFiles.children(status, hadoop)) {
        list(child, folder, images, hadoop);
      }
      return;
    }
    String name = status.getPath().getName();
    String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (ENDINGS.contains(ending)) {
      images.add(new Image(status.getPath().toString(), folder));
    }
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public long count() {
    return images.size();
  }

  @Override
  public String describe() {
    return HadoopFiles.shown(location);
  }

  @Override
  public Records open(long from, Configuration hadoop) {
    return new Reader(Math.toIntExact(from), hadoop);
  }

  /** One image after the other. */
  private final class Reader implements Records {
    private final Configuration hadoop;
    private int next;
    private String file = "";

    Reader(int next, Configuration hadoop) {
      this.next = next;
      this.hadoop = hadoop;
    }

    @Override
    public void next(Samples samples) throws IOException, BadRowException {
      Image image = images.get(next++);
      file = HadoopFiles.shown(image.file());
      int label = label(image.folder());
      byte[] encoded;
      try (InputStream in = HadoopFiles.open(image.file(), 0, true, hadoop)) {
        encoded = in.readNBytes(LONGEST);
      }
      samples.add(decoder.decode(encoded), 0, label);
    }

    private int label(@Nullable String folder) throws BadRowException {
      if (folder == null) {
        if (labelled) {
          throw new BadRowException(
              Kind.MISSING_LABEL, "the image is in no folder, and a folder is a class");
        }
        return Samples.UNLABELLED;
      }
      Integer number = vocabulary.number(CLASS, folder);
      if (number == null && labelled) {
        throw new BadRowException(
            Kind.UNKNOWN_CATEGORY,
            "folder \"" + folder + "\" is a class that the training data does not have");
      }
      if (number != null && number >= classes) {
        throw new BadRowException(
            Kind.LABEL_OUT_OF_RANGE,
            String.format(
                Locale.ROOT,
                "folder \"%s\" is class %d, but classes are 0 to %d, one for each of the network's"
                    + " outputs; give its last layer at least %d",
                folder,
                number,
                classes - 1,
                number + 1));
      }
      return number == null ? Samples.UNLABELLED : number;
    }

    @Override
    public String file() {
      return file;
    }

    @Override
    public void close() {}
  }
}
