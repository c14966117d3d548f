package dev.tributary.job;

import dev.tributary.data.image.Fit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a table become samples.
 *
 * @param format a data source of Spark's, or {@code table} or {@code sql}
 * @param options of the data source
 * @param features columns, in the order in which the network reads them; empty for all that are
 *     neither label nor weight
 * @param image the column that holds images, in the place of features; null if none does
 * @param sparse whether only features other than 0 are kept
 * @param fit how images come to the network's size
 * @param categorical columns whose values are names of categories
 * @param labels columns to be predicted
 * @param classes whether the label is a class, and not numbers
 * @param weight the column of samples' weights, if any
 * @param badRows what becomes of rows that are no samples
 */
public record TableSpec(
    String format,
    Map<String, String> options,
    List<String> features,
    @Nullable String image,
    boolean sparse,
    Fit fit,
    List<String> categorical,
    List<String> labels,
    boolean classes,
    @Nullable String weight,
    BadRowRule badRows) {
  /** Formats that a job may name. */
  public static final List<String> FORMATS =
      List.of(
          "parquet",
          "orc",
          "csv",
          "json",
          "avro",
          "libsvm",
          "image",
          "binary_file",
          "jdbc",
          "table",
          "sql");

  /** Those of them that are files in a folder. */
  public static final List<String> FILES =
      List.of("parquet", "orc", "csv", "json", "avro", "libsvm");

  /** Whether a location is a path, and no table's name or query. */
  public boolean isOfFiles() {
    return FILES.contains(format);
  }
}
