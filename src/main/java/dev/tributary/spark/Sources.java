package dev.tributary.spark;

import dev.tributary.data.BadRows;
import dev.tributary.data.DataException;
import dev.tributary.data.FeatureKind;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import dev.tributary.data.digits.Digits.Part;
import dev.tributary.data.embedded.Embedded;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.format.PackedDirectory;
import dev.tributary.job.FileSpec;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.TableSpec;
import dev.tributary.nn.Network;
import dev.tributary.spark.files.FileSources;
import dev.tributary.spark.files.ImageFolder;
import dev.tributary.spark.pack.PackedSource;
import dev.tributary.spark.table.TableSource;
import dev.tributary.spark.table.Tables;
import dev.tributary.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;

/** The sources of samples that a job names, checked against its network. */
public final class Sources implements TrainingRun.Data {
  private final Job.DataSpec data;
  private final Network network;
  private final Preparation preparation;
  private final Configuration hadoop;

  private final Map<String, SampleSource> opened = new LinkedHashMap<>();
  private @Nullable Vocabulary vocabulary;
  private TableSource.Opener opener = TableSource.Opener.BY_JOB;

  /** Of this data, prepared in this way, for this network. */
  public Sources(
      Job.DataSpec data, Network network, Preparation preparation, Configuration hadoop) {
    this(data, network, preparation, hadoop, null);
  }

  /**
   * The same for a model that is trained.
   *
   * @param vocabulary the categories it knows; null for those of the training data
   */
  public Sources(
      Job.DataSpec data,
      Network network,
      Preparation preparation,
      Configuration hadoop,
      @Nullable Vocabulary vocabulary) {
    this.data = data;
    this.network = network;
    this.preparation = preparation;
    this.hadoop = hadoop;
    this.vocabulary = vocabulary;
  }

  /** The parts of a data set, as {@code pack} names them. */
  public static final List<String> PARTS = List.of("train", "validation", "test");

  /** A part by its name; null if there is none. */
  public @Nullable SampleSource part(String name) {
    return switch (name) {
      case "train" -> train();
      case "validation" -> validation();
      case "test" -> test();
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The shares that are held out of the training samples, and by which seed; empty if none are. */
  public static String shares(Job.DataSpec data) {
    return data.validationShare() + data.testShare() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "validation %s, test %s, seed %d",
            data.validationShare(),
            data.testShare(),
            data.made().seed());
  }

  /** The same with tables that somebody else has, by what the job calls them. */
  public Sources from(TableSource.Opener tables) {
    opener = tables;
    return this;
  }

  /** The names of categories and classes, found by looking at the training data. */
  public Vocabulary vocabulary() {
    if (vocabulary == null && data.packed()) {
      String train = trainLocation();
      String inIt = packedPart("train");
      vocabulary =
          new Vocabulary(PackedDirectory.read(inIt == null ? train : inIt, hadoop).vocabulary());
    }
    if (vocabulary == null) {
      vocabulary = find();
    }
    return vocabulary;
  }

  private Vocabulary find() {
    TableSpec table = data.table();
    if (table != null && !table.categorical().isEmpty()) {
      return Tables.vocabulary(table, trainLocation());
    }
    if (data.files() != null && data.files().format() == FileSpec.Format.IMAGES) {
      return ImageFolder.vocabulary(trainLocation(), hadoop);
    }
    return Vocabulary.EMPTY;
  }

  /** The bad rows of each part of the data that were passed over, by its place. */
  public Map<String, BadRows> badRows() {
    Map<String, BadRows> bad = new LinkedHashMap<>();
    opened.forEach((location, source) -> bad.put(source.describe(), source.badRows()));
    return bad;
  }

  @Override
  public SampleSource train() {
    SampleSource packed = packed("train");
    if (packed != null) {
      return packed;
    }
    double share = data.validationShare() + data.testShare();
    return share == 0 ? allTrain() : part(share, 1, "but the part held out");
  }

  @Override
  public @Nullable SampleSource validation() {
    if (data.validation() != null) {
      return files(data.validation());
    }
    if (packedPart("train") != null) {
      return packed("validation");
    }
    double share = data.validationShare();
    return share == 0 ? null : part(0, share, "the part held out");
  }

  /** The directory of a part, where {@code data.train} is one of packed parts. */
  private @Nullable String packedPart(String name) {
    String directory = data.train() + "/" + name;
    return data.packed() && PackedDirectory.isAt(directory, hadoop) ? directory : null;
  }

  /** A part of those that were packed together, divided from each other as the job would. */
  private @Nullable SampleSource packed(String name) {
    String directory = packedPart(name);
    if (directory == null) {
      return null;
    }
    PackedSource source = (PackedSource) files(directory);
    String then = source.packed().provenance().getOrDefault("shares", "");
    String now = shares(data);
    if (!now.isEmpty() && !now.equals(then)) {
      throw new DataException(
          String.format(
              "%s was packed with shares held out (%s), but the job holds out others (%s); leave out"
                  + " data.split and data.validation_share, or pack the data anew",
              data.train(), then.isEmpty() ? "none" : then, now));
    }
    return source;
  }

  /** Packed data is known when it is seen, whatever the format of the job. */
  private boolean isPacked(String location) {
    boolean isPath = data.table() == null || data.table().isOfFiles();
    return data.packed() || (isPath && PackedDirectory.isAt(location, hadoop));
  }

  private SampleSource packedDirectory(String location) {
    if (!PackedDirectory.isAt(location, hadoop)) {
      List<String> parts =
          PARTS.stream().filter(p -> PackedDirectory.isAt(location + "/" + p, hadoop)).toList();
      if (!parts.isEmpty()) {
        throw new DataException(
            String.format(
                "%s holds the packed parts %s; name one, such as %s/%s",
                location, String.join(", ", parts), location, parts.get(parts.size() - 1)));
      }
    }
    PackedSource source = new PackedSource(PackedDirectory.read(location, hadoop), hadoop);
    int most = source.packed().mostLabel();
    if (source.schema().targets() == 0 && most >= classes()) {
      throw new DataException(
          String.format(
              "%s has labels up to %d, but the network has %d outputs; give its last layer at least"
                  + " %d",
              source.describe(), most, network.output().size(), most + 1));
    }
    return checked(source);
  }

  private SampleSource part(double from, double to, String name) {
    return new HeldOutSource(allTrain(), from, to, data.made().seed(), name);
  }

  private SampleSource allTrain() {
    Embedded set = data.embedded();
    if (set == null) {
      return files(trainLocation());
    }
    return checked(new EmbeddedSource(set, data.made().seed(), Part.TRAIN, data.made().train()));
  }

  private String trainLocation() {
    if (data.train() == null) {
      throw new JobException(
          "data.train is not set; a job with retrain.data needs it for every verb but retrain, such"
              + " as -D data.train=DIR");
    }
    return data.train();
  }

  @Override
  public @Nullable SampleSource test() {
    if (data.test() == null && packedPart("train") != null) {
      return packed("test");
    }
    if (data.testShare() > 0) {
      double from = data.validationShare();
      return part(from, from + data.testShare(), "the part held out for the test");
    }
    Embedded set = data.embedded();
    if (set == null) {
      return data.test() == null ? null : files(data.test());
    }
    return data.made().test() == 0
        ? null
        : checked(new EmbeddedSource(set, data.made().seed(), Part.TEST, data.made().test()));
  }

  /** Labelled data of the job's format, by its path, name or query. */
  public SampleSource files(String location) {
    SampleSource known = opened.get(location);
    if (known == null) {
      known = isPacked(location) ? packedDirectory(location) : open(location, true);
      opened.put(location, known);
    }
    return known;
  }

  /**
   * Labelled rows, by their path, name or query.
   *
   * @param where which of them, as SQL; null for all
   */
  SampleSource rows(String location, @Nullable String where) {
    return table(Objects.requireNonNull(data.table()), location, true).where(where);
  }

  /** The same where labels need not be there. */
  public SampleSource unlabelled(String location) {
    if (isPacked(location)) {
      return files(location);
    }
    return open(location, false);
  }

  private SampleSource open(String location, boolean labelled) {
    return data.table() == null
        ? files(data.files() == null ? FileSpec.IDX : data.files(), location, labelled)
        : table(data.table(), location, labelled);
  }

  private SampleSource files(FileSpec spec, String location, boolean labelled) {
    return checked(
        new FileSources(spec, network, preparation, hadoop, this::vocabulary)
            .open(location, labelled));
  }

  private TableSource table(TableSpec spec, String location, boolean labelled) {
    int targets = spec.classes() ? 0 : network.output().size();
    FeatureKind kind =
        spec.image() != null
            ? FeatureKind.PIXELS
            : spec.sparse() ? FeatureKind.SPARSE : FeatureKind.FLOATS;
    Schema schema = new Schema(preparation.input(), kind, targets, spec.weight() != null);
    int classes = spec.classes() ? classes() : 0;
    return new TableSource(
        spec, location, schema, classes, preparation.filled(), labelled, this::vocabulary, opener);
  }

  /** A pair of IDX files by the start of their names. */
  public SampleSource idx(String prefix) {
    return files(FileSpec.IDX, prefix, true);
  }

  /** One for each output; a single output tells two apart. */
  private int classes() {
    return Math.max(2, network.output().size());
  }

  private SampleSource checked(SampleSource source) {
    if (source.count() == 0) {
      throw new DataException(source.describe() + " holds no samples; there is nothing to do");
    }
    Schema schema = source.schema();
    if (!schema.shape().equals(preparation.input())) {
      throw wrongShape(source);
    }
    int outputs = network.output().size();
    if (schema.targets() > 0 && schema.targets() != outputs) {
      throw new DataException(
          String.format(
              "%s holds %d numbers to predict for each sample, but the network has %d outputs; give"
                  + " its last layer %d",
              source.describe(), schema.targets(), outputs, schema.targets()));
    }
    if (source instanceof EmbeddedSource embedded && embedded.set().classes() > classes()) {
      throw new DataException(
          String.format(
              "%s has %d classes, but the network has %d outputs; give its last layer %d",
              source.describe(), embedded.set().classes(), outputs, embedded.set().classes()));
    }
    return source;
  }

  private DataException wrongShape(SampleSource source) {
    Shape shape = source.schema().shape();
    if (preparation.input().equals(network.input())) {
      return new DataException(
          String.format(
              "%s holds samples of %s, but the network reads %s; set network.input to the data's"
                  + " shape",
              source.describe(), shape, network.input()));
    }
    return new DataException(
        String.format(
            "%s holds samples of %s, but the network reads %s, which data.prepare makes of %s, as"
                + " one_hot adds %d columns; set network.input to [%d]",
            source.describe(),
            shape,
            network.input(),
            preparation.input(),
            network.input().size() - preparation.input().size(),
            shape.size() + network.input().size() - preparation.input().size()));
  }
}
