package dev.tributary.spark.table;

import dev.tributary.data.BadRows;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import dev.tributary.data.image.ImageDecoder;
import dev.tributary.job.Redaction;
import dev.tributary.job.TableSpec;
import dev.tributary.spark.BadRowCount;
import dev.tributary.spark.SampleSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a table as samples: files of any of Spark's data sources, a table, or a query. Rows
 * are read in Spark's own binary form and become primitive arrays one at a time.
 */
public final class TableSource implements SampleSource {
  private static final Logger LOG = LoggerFactory.getLogger(TableSource.class);

  /** A column that, by this name, may be meant for another use than it has. */
  private static final String WEIGHT = "weight";

  /** Who has tables, by their location. */
  @FunctionalInterface
  public interface Opener {
    /** The job's own words: a data source, a table of the session's, a query. */
    Opener BY_JOB = Tables::open;

    /** The table, whose rows are not read yet. */
    Dataset<Row> open(TableSpec spec, String location);

    /** What one sets to have bad rows passed over, for messages. */
    default String skipSetting() {
      return "data.on_bad_row = skip";
    }
  }

  private final TableSpec spec;
  private final Opener opener;
  private final String location;
  private final Schema schema;
  private final int classes;
  private final BitSet filled;
  private final boolean labelled;
  private final Supplier<Vocabulary> vocabulary;
  private final BadRowCount bad;
  private List<String> scalars = List.of();
  private @Nullable String where;

  /**
   * Rows that are not read yet.
   *
   * @param location a path, a table's name, or a query
   * @param schema what the network reads and predicts
   * @param classes labels must be below it; 0 where numbers are to be predicted
   * @param filled the features that may be missing
   * @param labelled whether the label columns must be there
   * @param vocabulary the categories of the training data
   * @param opener who has the table
   */
  public TableSource(
      TableSpec spec,
      String location,
      Schema schema,
      int classes,
      BitSet filled,
      boolean labelled,
      Supplier<Vocabulary> vocabulary,
      Opener opener) {
    this.opener = opener;
    this.spec = spec;
    this.location = location;
    this.bad = new BadRowCount(spec.badRows(), describe());
    this.schema = schema;
    this.classes = classes;
    this.filled = filled;
    this.labelled = labelled;
    this.vocabulary = vocabulary;
  }

  /** Reads these rows alone, by SQL's words; all if they are null. */
  public TableSource where(@Nullable String condition) {
    where = condition;
    return this;
  }

  @Override
  public Schema schema() {
    return schema;
  }

  @Override
  public long count() {
    return UNKNOWN;
  }

  @Override
  public String describe() {
    return Redaction.ofAddresses(location);
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Dataset<Row> all = opener.open(spec, location);
    Dataset<Row> table = where == null ? all : all.filter(where);
    Layout layout = layout(table);
    Dataset<Row> chosen = Tables.select(table, layout.names(), spec, describe());
    RowReader.Layout columns = columns(layout, chosen.schema());
    Vocabulary categories = spec.categorical().isEmpty() ? Vocabulary.EMPTY : vocabulary.get();
    RowReader reader =
        new RowReader(
            columns,
            categories,
            bad.begin(spark),
            spec.badRows().skip(),
            describe(),
            opener.skipSetting());
    return chosen.queryExecution().toRdd().toJavaRDD().mapPartitions(reader::read);
  }

  /** Names of the columns that are read, in this order; an image, a weight, if there are any. */
  private record Layout(
      List<String> features, List<String> labels, @Nullable String image, @Nullable String weight) {
    List<String> names() {
      List<String> names = new ArrayList<>(features);
      names.addAll(labels);
      for (String one : Arrays.asList(image, weight)) {
        if (one != null) {
          names.add(one);
        }
      }
      return names;
    }
  }

  private Layout layout(Dataset<Row> table) {
    List<String> labels = labelled || Tables.has(table, spec.labels()) ? spec.labels() : List.of();
    List<String> features = spec.image() == null ? features(table) : List.of();
    return new Layout(features, labels, spec.image(), spec.weight());
  }

  private RowReader.Layout columns(Layout layout, StructType type) {
    int width = layout.features().size();
    ArrayList<Column> features = new ArrayList<>();
    ArrayList<Column> labels = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      features.add(column(type, i, Kind.MISSING_VALUE, filled));
    }
    for (int i = width; i < width + layout.labels().size(); i++) {
      labels.add(column(type, i, Kind.MISSING_LABEL, new BitSet()));
    }
    if (spec.image() == null) {
      checkWidth(features);
    }
    scalars =
        features.stream().allMatch(Column::isScalar)
            ? features.stream().map(Column::name).toList()
            : List.of();
    checkLabels(labels);
    int last = type.fields().length - 1;
    return new RowReader.Layout(
        features,
        labels,
        spec.image() == null ? null : image(type.fields()[width + labels.size()], type),
        spec.weight() == null ? null : column(type, last, Kind.MISSING_VALUE, new BitSet()),
        schema,
        classes);
  }

  private Column column(StructType type, int place, Kind missing, BitSet mayBeMissing) {
    return Tables.column(type.fields()[place], place, spec, missing, mayBeMissing, describe());
  }

  private ImageColumn image(StructField field, StructType type) {
    if (!ImageColumn.isReadable(field.dataType())) {
      throw new DataException(
          String.format(
              "%s: column %s is of type %s; images are bytes (binary), or what Spark's source image"
                  + " gives: name their column with data.image",
              describe(), field.name(), field.dataType().simpleString()));
    }
    try {
      return new ImageColumn(
          field.name(),
          type.fieldIndex(field.name()),
          field.dataType() instanceof BinaryType,
          new ImageDecoder(schema.shape(), spec.fit()));
    } catch (IllegalArgumentException e) {
      throw new DataException(String.valueOf(e.getMessage()), e);
    }
  }

  private List<String> features(Dataset<Row> table) {
    if (!spec.features().isEmpty()) {
      return spec.features();
    }
    if (spec.weight() == null && Tables.has(table, List.of(WEIGHT))) {
      LOG.warn(
          "{}: column {} is read as a feature; if it says how much a sample counts, set"
              + " data.weight = {}",
          describe(),
          WEIGHT,
          WEIGHT);
    }
    return Arrays.stream(table.columns())
        .filter(c -> !spec.labels().contains(c) && !c.equals(spec.weight()))
        .toList();
  }

  private void checkWidth(List<Column> features) {
    int size = schema.shape().size();
    if (features.stream().allMatch(Column::isScalar) && features.size() != size) {
      throw new DataException(
          String.format(
              "%s has %d columns of features (%s), but the network reads %s; set network.input, or"
                  + " choose columns with data.features",
              describe(),
              features.size(),
              String.join(", ", features.stream().map(Column::name).toList()),
              schema.shape()));
    }
  }

  private void checkLabels(List<Column> labels) {
    if (classes > 0 && labels.stream().anyMatch(column -> !column.isScalar())) {
      throw new DataException(
          String.format(
              "%s: column %s holds several numbers for each row, which are no class; set"
                  + " data.label_kind = numbers",
              describe(), labels.get(0).name()));
    }
  }

  @Override
  public void checkRead() {
    bad.check();
  }

  @Override
  public String feature(int number) {
    return number < scalars.size() ? "column " + scalars.get(number) : "feature " + number;
  }

  @Override
  public BadRows badRows() {
    return bad.found();
  }
}
