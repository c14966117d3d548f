package dev.tributary.spark.table;

import dev.tributary.data.BadRows;
import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Vocabulary;
import dev.tributary.job.TableSpec;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a table as samples: files of any of Spark's data sources, a table, or a query. Rows
 * are read in Spark's own binary form and become primitive arrays one at a time.
 */
public final class TableSource implements SampleSource {
  private static final Logger LOG = LoggerFactory.getLogger(TableSource.class);

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
  private @Nullable BadRowsAccumulator badRows;
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
    return location;
  }

  @Override
  public JavaRDD<Samples> read(JavaSparkContext spark, int slices) {
    Dataset<Row> all = opener.open(spec, location);
    Dataset<Row> table = where == null ? all : all.filter(where);
    List<String> labels = labelled || Tables.has(table, spec.labels()) ? spec.labels() : List.of();
    List<String> features = features(table);
    List<String> names = new ArrayList<>(features);
    names.addAll(labels);
    if (spec.weight() != null) {
      names.add(spec.weight());
    }
    Dataset<Row> chosen = Tables.select(table, names, spec, location);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      boolean isLabel = i >= features.size() && i < features.size() + labels.size();
      Kind missing = isLabel ? Kind.MISSING_LABEL : Kind.MISSING_VALUE;
      BitSet may = i < features.size() ? filled : new BitSet();
      columns.add(Tables.column(chosen.schema().fields()[i], i, spec, missing, may, location));
    }
    checkWidth(columns.subList(0, features.size()));
    RowReader.Layout layout =
        new RowReader.Layout(
            new ArrayList<>(columns.subList(0, features.size())),
            new ArrayList<>(columns.subList(features.size(), features.size() + labels.size())),
            spec.weight() == null ? null : columns.get(columns.size() - 1),
            schema,
            classes);
    BadRowsAccumulator bad = new BadRowsAccumulator();
    spark.sc().register(bad);
    badRows = bad;
    Vocabulary categories = spec.categorical().isEmpty() ? Vocabulary.EMPTY : vocabulary.get();
    RowReader reader =
        new RowReader(layout, categories, bad, spec.skip(), location, opener.skipSetting());
    return chosen.queryExecution().toRdd().toJavaRDD().mapPartitions(reader::read);
  }

  private List<String> features(Dataset<Row> table) {
    if (!spec.features().isEmpty()) {
      return spec.features();
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
              location,
              features.size(),
              String.join(", ", features.stream().map(Column::name).toList()),
              schema.shape()));
    }
  }

  @Override
  public void checkRead() {
    BadRows bad = badRows();
    if (bad.count() > 0) {
      bad.check(spec.badRowShare(), location);
      LOG.warn(
          "{}: {} of {} rows were passed over: {}; the first: {}",
          location,
          bad.count(),
          bad.read(),
          bad.byKind(),
          String.join("; ", bad.places()));
    }
  }

  /** The rows that were passed over so far. */
  public BadRows badRows() {
    return badRows == null ? new BadRows() : badRows.value();
  }
}
