package dev.tributary.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.randn;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Writes a Parquet table of random floats with a class that they decide: {@code ROWS COLUMNS DIR}.
 */
public final class MakeTable {
  private static final long ROWS_IN_A_FILE = 500_000;

  private MakeTable() {}

  /** Writes it. */
  public static void main(String[] args) throws IOException {
    long rows = Long.parseLong(args[0]);
    int columns = Integer.parseInt(args[1]);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate()) {
      List<Column> made = new ArrayList<>();
      for (int c = 0; c < columns; c++) {
        made.add(randn(c).cast("float").as("f" + c));
      }
      int files = (int) Math.max(2, rows / ROWS_IN_A_FILE);
      Dataset<Row> table = spark.range(0, rows, 1, files).select(made.toArray(Column[]::new));
      Column score = col("f0").plus(col("f1").multiply(col("f2"))).minus(col("f3"));
      table
          .withColumn("label", when(score.gt(0), lit(1)).otherwise(lit(0)))
          .write()
          .mode(SaveMode.Overwrite)
          .option("compression", "none")
          .parquet(args[2]);
    }
  }
}
