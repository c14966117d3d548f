package dev.tributary.spark.table;

import dev.tributary.data.BadRows.Kind;
import dev.tributary.data.DataException;
import dev.tributary.data.Vocabulary;
import dev.tributary.job.Redaction;
import dev.tributary.job.TableSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.UserDefinedType;

/** Opens tables by a job's words and looks at their columns. */
public final class Tables {
  private static final String VECTOR = "org.apache.spark.ml.linalg.VectorUDT";

  private Tables() {}

  /** The rows, by the path, name or query that the format asks for. */
  public static Dataset<Row> open(TableSpec spec, String location) {
    checkHidden(spec);
    SparkSession session = SparkSession.builder().getOrCreate();
    try {
      return switch (spec.format()) {
        case "table" -> session.table(location);
        case "sql" -> session.sql(location);
        case "jdbc" ->
            session
                .read()
                .format("jdbc")
                .options(spec.options())
                .option("dbtable", location)
                .load();
        case "binary_file" ->
            session.read().format("binaryFile").options(spec.options()).load(location);
        case "csv" -> session.read().option("header", "true").options(spec.options()).csv(location);
        default -> session.read().format(spec.format()).options(spec.options()).load(location);
      };
    } catch (Exception e) {
      // Spark's AnalysisException is checked, and not declared.
      throw unreadable(spec, location, e);
    }
  }

  private static void checkHidden(TableSpec spec) {
    for (Map.Entry<String, String> option : spec.options().entrySet()) {
      if (option.getValue().equals(Redaction.HIDDEN)) {
        throw new DataException(
            String.format(
                "data.options.%s is %s, as secrets are not written to a run's directory; give it"
                    + " with -D, or write %s = ${NAME} in the job file, which is read from the"
                    + " environment each time",
                option.getKey(), Redaction.HIDDEN, option.getKey()));
      }
    }
  }

  private static DataException unreadable(TableSpec spec, String location, Exception e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new DataException(
        String.format(
            "cannot read %s as %s: %s",
            Redaction.of(location), spec.format(), Redaction.of(message)),
        e);
  }

  static boolean has(Dataset<Row> table, List<String> columns) {
    return Arrays.asList(table.columns()).containsAll(columns);
  }

  /** The columns of these names; categories as text. */
  static Dataset<Row> select(
      Dataset<Row> table, List<String> names, TableSpec spec, String location) {
    List<String> there = Arrays.asList(table.columns());
    for (String name : names) {
      if (!there.contains(name)) {
        throw new DataException(
            String.format(
                "%s has no column %s; it has %s; name columns in data.features, data.label and"
                    + " data.weight",
                location, name, String.join(", ", there)));
      }
    }
    return table.select(
        names.stream()
            .map(
                name -> {
                  org.apache.spark.sql.Column column = functions.col("`" + name + "`");
                  return spec.categorical().contains(name)
                      ? column.cast("string").as(name)
                      : column;
                })
            .toArray(org.apache.spark.sql.Column[]::new));
  }

  static Column column(
      StructField field, int place, TableSpec spec, Kind missing, BitSet filled, String location) {
    DataType type = field.dataType();
    boolean vector = type.getClass().getName().equals(VECTOR);
    DataType stored = type instanceof UserDefinedType<?> user ? user.sqlType() : type;
    boolean readable =
        vector
            || isNumber(stored)
            || stored instanceof StringType
            || (stored instanceof ArrayType array
                && isNumber(array.elementType())
                && !(array.elementType() instanceof DecimalType));
    if (!readable) {
      throw new DataException(
          String.format(
              "%s: column %s is of type %s; features and labels are numbers, booleans, text, arrays"
                  + " of numbers or Spark ML vectors: choose others with data.features",
              location, field.name(), type.simpleString()));
    }
    boolean categorical = spec.categorical().contains(field.name());
    return new Column(field.name(), place, stored, vector, categorical, missing, filled);
  }

  private static boolean isNumber(DataType type) {
    return type instanceof NumericType || type instanceof BooleanType;
  }

  /** The categories of a table's categorical columns, found in one distributed pass. */
  public static Vocabulary vocabulary(TableSpec spec, String location) {
    Dataset<Row> columns = select(open(spec, location), spec.categorical(), spec, location);
    org.apache.spark.sql.Column[] sets =
        spec.categorical().stream()
            .map(name -> functions.collect_set(functions.col("`" + name + "`")))
            .toArray(org.apache.spark.sql.Column[]::new);
    Row row = columns.agg(sets[0], Arrays.copyOfRange(sets, 1, sets.length)).first();
    Map<String, List<String>> categories = new HashMap<>();
    for (int i = 0; i < sets.length; i++) {
      categories.put(spec.categorical().get(i), row.<String>getList(i));
    }
    return new Vocabulary(categories);
  }
}
