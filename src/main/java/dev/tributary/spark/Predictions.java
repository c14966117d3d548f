package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A model's predictions as a table: {@code id} (the sample's place in its source, from 0), {@code
 * label} (null where there is none), {@code prediction} (the largest output), and each output.
 */
public final class Predictions {
  private final SparkSession session;
  private final Objective objective;

  /** Of the objective's network. */
  public Predictions(SparkSession session, Objective objective) {
    this.session = session;
    this.objective = objective;
  }

  /** The table for a source's samples, in the source's order. */
  public Dataset<Row> of(SampleSource source, float[] weights) {
    JavaSparkContext spark = new JavaSparkContext(session.sparkContext());
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    int slices = spark.defaultParallelism();
    List<Range> ranges = Range.cut(source.count(), slices);
    Objective what = objective;
    JavaRDD<Row> rows =
        source
            .read(spark, slices)
            .mapPartitionsWithIndex(
                (p, blocks) -> predict(blocks, ranges.get(p).from(), what, sent.value().values()),
                false);
    return session.createDataFrame(rows, schema());
  }

  private StructType schema() {
    String name = objective.loss().givesProbabilities() ? "probability_" : "output_";
    StructType schema =
        new StructType()
            .add("id", DataTypes.LongType, false)
            .add("label", DataTypes.IntegerType, true)
            .add("prediction", DataTypes.IntegerType, false);
    for (int j = 0; j < objective.network().output().size(); j++) {
      schema = schema.add(name + j, DataTypes.FloatType, false);
    }
    return schema;
  }

  private static Iterator<Row> predict(
      Iterator<Samples> blocks, long firstId, Objective objective, float[] weights) {
    List<Row> rows = new ArrayList<>();
    try (Predictor predictor = new Predictor(objective, weights)) {
      int outputs = objective.network().output().size();
      while (blocks.hasNext()) {
        Samples block = blocks.next();
        for (int from = 0; from < block.count(); from += Predictor.BATCH) {
          int n = Math.min(Predictor.BATCH, block.count() - from);
          float[] y = predictor.predict(block, from, n);
          for (int i = 0; i < n; i++) {
            rows.add(row(firstId + rows.size(), block.label(from + i), y, i * outputs, outputs));
          }
        }
      }
    }
    return rows.iterator();
  }

  private static Row row(long id, int label, float[] y, int from, int outputs) {
    Object[] values = new Object[3 + outputs];
    values[0] = id;
    values[1] = label < 0 ? null : label;
    values[2] = Predictor.decide(y, from, outputs, 0.5f);
    for (int j = 0; j < outputs; j++) {
      values[3 + j] = y[from + j];
    }
    return RowFactory.create(values);
  }

  /**
   * Writes a table.
   *
   * @param format {@code csv}, with a header, or {@code parquet}
   * @param directory where; it must not be there yet
   */
  public static void write(Dataset<Row> table, String format, String directory) {
    Failures.ofData(
        () -> {
          table.write().format(format).option("header", "true").save(directory);
          return directory;
        });
  }
}
