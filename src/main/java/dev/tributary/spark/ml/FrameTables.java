package dev.tributary.spark.ml;

import dev.tributary.job.TableSpec;
import dev.tributary.spark.table.TableSource;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Datasets that are at hand, by the names that a job calls them. */
record FrameTables(Map<String, Dataset<Row>> byName) implements TableSource.Opener {
  @Override
  public Dataset<Row> open(TableSpec spec, String location) {
    Dataset<Row> table = byName.get(location);
    if (table == null) {
      throw new IllegalStateException("no dataset is called " + location);
    }
    return table;
  }

  @Override
  public String skipSetting() {
    return "handleInvalid = skip";
  }
}
