package dev.tributary.spark;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Classification;
import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.Arrays;
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
import org.jspecify.annotations.Nullable;

/**
 * A model's predictions as a table: {@code id}, the sample's place in its source, from 0; then, for
 * classes, {@code label} (null where there is none), {@code prediction} (the class chosen) and each
 * output; else what is to be predicted, {@code actual_0 …}, and each output.
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
    JavaRDD<Samples> blocks = source.read(spark, slices);
    List<Long> firstIds = firstIds(source, blocks, slices);
    Objective what = objective;
    JavaRDD<Row> rows =
        blocks.mapPartitionsWithIndex(
            (p, part) -> predict(part, firstIds.get(p), what, sent.value().values()), false);
    return session.createDataFrame(rows, schema(source.schema()));
  }

  /**
   * The id of each partition's first sample; where reading alone tells, all is read once for it.
   */
  private static List<Long> firstIds(SampleSource source, JavaRDD<Samples> blocks, int slices) {
    if (source.countIsExact()) {
      return Range.cut(source.count(), slices).stream().map(Range::from).toList();
    }
    List<Long> firstIds = new ArrayList<>();
    long next = 0;
    for (long count : Failures.ofData(() -> blocks.mapPartitions(Predictions::count).collect())) {
      firstIds.add(next);
      next += count;
    }
    source.checkRead();
    return firstIds;
  }

  private static Iterator<Long> count(Iterator<Samples> blocks) {
    long count = 0;
    while (blocks.hasNext()) {
      count += blocks.next().count();
    }
    return List.of(count).iterator();
  }

  private StructType schema(Schema samples) {
    boolean classes = Predictor.task(objective, samples) == Task.CLASSES;
    StructType schema = new StructType().add("id", DataTypes.LongType, false);
    if (samples.targets() == 0) {
      schema = schema.add("label", DataTypes.IntegerType, true);
    }
    for (int j = 0; j < samples.targets(); j++) {
      schema = schema.add("actual_" + j, DataTypes.FloatType, false);
    }
    if (classes) {
      schema = schema.add("prediction", DataTypes.IntegerType, false);
    }
    String name = objective.loss().givesProbabilities() ? "probability_" : "output_";
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
        boolean classes = Predictor.task(objective, block.schema()) == Task.CLASSES;
        for (int from = 0; from < block.count(); from += Predictor.BATCH) {
          int n = Math.min(Predictor.BATCH, block.count() - from);
          float[] y = predictor.predict(block, from, n);
          for (int i = 0; i < n; i++) {
            float[] own = Arrays.copyOfRange(y, i * outputs, (i + 1) * outputs);
            rows.add(row(firstId + rows.size(), block, from + i, classes, own));
          }
        }
      }
    }
    return rows.iterator();
  }

  private static Row row(long id, Samples samples, int i, boolean classes, float[] outputs) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(id);
    int targets = samples.schema().targets();
    if (targets == 0) {
      values.add(samples.label(i) < 0 ? null : samples.label(i));
    }
    for (int j = 0; j < targets; j++) {
      values.add(samples.target(i, j));
    }
    if (classes) {
      values.add(Classification.decide(outputs, 0, outputs.length, 0.5f));
    }
    for (float output : outputs) {
      values.add(output);
    }
    return RowFactory.create(values.toArray());
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
