package dev.tributary.spark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tributary.data.DataException;
import dev.tributary.job.Job;
import dev.tributary.job.TableSpec;
import dev.tributary.spark.table.Tables;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Which rows have arrived since the last retrain: those whose value in a column is greater than its
 * watermark, up to the greatest there is now. Needs a session of Spark.
 */
public final class ArrivedRows {
  private ArrivedRows() {}

  /**
   * Looks for the column's greatest value.
   *
   * @param marks the watermarks of all retrains by this column so far, oldest first
   * @throws DataException if the column is not there, or has no order that can be kept
   */
  public static NewData find(Job job, List<JsonNode> marks) {
    Job.Arriving how = job.retraining().arriving();
    String location = Objects.requireNonNull(how.data());
    String column = Objects.requireNonNull(how.column());
    TableSpec table = Objects.requireNonNull(job.data().table());
    Dataset<Row> rows = Tables.open(table, location);
    DataType type = type(rows, column, location);
    JsonNode last = marks.isEmpty() ? null : marks.get(marks.size() - 1);
    String least = last == null ? null : literal(last.path("value").asText(), type);
    String name = "`" + column.replace("`", "``") + "`";
    String newer = least == null ? name + " IS NOT NULL" : name + " > " + least;
    String most = greatest(rows.filter(newer), column, type);
    String upTo = least == null ? null : name + " <= " + least;
    String from = upTo == null ? null : windowStart(job, marks, name, type);
    String where = upTo == null || from == null ? upTo : from + " AND " + upTo;
    NewData.@Nullable Part old =
        where == null ? null : new NewData.Part(List.of(), location, where);
    List<String> oldNames = where == null ? List.of() : List.of(where);
    if (most == null) {
      return new NewData("", List.of(), oldNames, List.of(), Map.of(), null, old);
    }
    String fresh = newer + " AND " + name + " <= " + literal(most, type);
    Map<String, Object> mark = new LinkedHashMap<>();
    mark.put("column", column);
    mark.put("value", most);
    return new NewData(
        column + "=" + most,
        List.of(fresh),
        oldNames,
        List.of(),
        mark,
        new NewData.Part(List.of(), location, fresh),
        old);
  }

  /** The rows of the latest retrains alone, if there were more than the window. */
  private static @Nullable String windowStart(
      Job job, List<JsonNode> marks, String name, DataType type) {
    int before = marks.size() - 1 - job.retraining().window();
    return before < 0
        ? null
        : name + " > " + literal(marks.get(before).path("value").asText(), type);
  }

  private static DataType type(Dataset<Row> rows, String column, String location) {
    if (!List.of(rows.columns()).contains(column)) {
      throw new DataException(
          String.format(
              "%s has no column %s; it has %s; name one whose values grow in retrain.column",
              location, column, String.join(", ", rows.columns())));
    }
    DataType type = rows.schema().apply(column).dataType();
    if (!(type instanceof NumericType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType
        || type instanceof StringType)) {
      throw new DataException(
          String.format(
              "%s: retrain.column = %s is of type %s; expected a number, a date, a time or text",
              location, column, type.simpleString()));
    }
    return type;
  }

  /** As text; times in UTC, so that no session's time zone has a part in it. */
  private static @Nullable String greatest(Dataset<Row> rows, String column, DataType type) {
    org.apache.spark.sql.Column most = functions.max(functions.col("`" + column + "`"));
    if (type instanceof TimestampType) {
      Long micros = rows.agg(functions.unix_micros(most)).first().getAs(0);
      return micros == null ? null : "" + micros;
    }
    return rows.agg(most.cast("string")).first().getAs(0);
  }

  private static String literal(String value, DataType type) {
    if (type instanceof TimestampType) {
      return "timestamp_micros(" + Long.parseLong(value) + ")";
    }
    String quoted = "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'";
    return "CAST(" + quoted + " AS " + type.sql() + ")";
  }
}
