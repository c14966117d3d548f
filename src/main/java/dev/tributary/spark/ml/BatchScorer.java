package dev.tributary.spark.ml;

import dev.tributary.data.BadRowException;
import dev.tributary.train.Predictor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/**
 * Adds a model's columns to rows, a batch of rows at a time: what a task holds is a batch. Nothing
 * runs before the dataset is read, so that streams can be scored as well.
 *
 * @param pool the model
 * @param features where in a row its features are
 * @param writer how they are read
 * @param columns what is added
 * @param most rows in a batch
 * @param skips whether rows that are no samples are left out
 */
record BatchScorer(
    Broadcast<PredictorPool> pool,
    int features,
    FeatureWriter writer,
    ScoreColumns columns,
    int most,
    boolean skips)
    implements MapPartitionsFunction<Row, Row> {
  /**
   * The dataset with a model's columns behind its own.
   *
   * @param params the model
   * @param added the columns' names, types and metadata
   */
  static Dataset<Row> transform(
      Dataset<?> dataset,
      TrainedNetwork network,
      ScoringParams<?> params,
      String featuresCol,
      ScoreColumns columns,
      List<StructField> added) {
    Dataset<Row> rows = dataset.toDF();
    StructType schema = rows.schema();
    int features = schema.fieldIndex(featuresCol);
    for (StructField field : added) {
      schema = schema.add(field);
    }
    int most = params.getBlockSize();
    BatchScorer scorer =
        new BatchScorer(
            network.send(rows.sparkSession().sparkContext(), most),
            features,
            network.writer(featuresCol),
            columns,
            most,
            params.getHandleInvalid().equals("skip"));
    Dataset<Row> scored = rows.mapPartitions(scorer, Encoders.row(schema));
    // Spark's typed operations forget what columns say of themselves.
    Map<String, Column> told = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      if (!field.metadata().equals(Metadata.empty())) {
        String quoted = "`" + field.name().replace("`", "``") + "`";
        told.put(field.name(), functions.col(quoted).as(field.name(), field.metadata()));
      }
    }
    return told.isEmpty() ? scored : scored.withColumns(told);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Scored scored = new Scored(rows);
    TaskContext task = TaskContext.get();
    if (task != null) {
      task.addTaskCompletionListener((TaskCompletionListener) context -> scored.close());
    }
    return scored;
  }

  /** A partition's rows with their columns. */
  private final class Scored implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Predictor predictor = pool.value().borrow();
    private final List<Row> batch = new ArrayList<>(most);
    private final int outputs;
    private float[] raw = new float[0];
    private float[] probabilities = new float[0];
    private int next;
    private boolean isClosed;

    Scored(Iterator<Row> rows) {
      this.rows = rows;
      this.outputs = predictor.outputsPerSample();
    }

    @Override
    public boolean hasNext() {
      while (next == batch.size() && rows.hasNext()) {
        fill();
      }
      return next < batch.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = batch.get(next);
      int width = row.size();
      @Nullable Object[] values = new Object[width + columns.count()];
      for (int j = 0; j < width; j++) {
        values[j] = row.get(j);
      }
      columns.write(raw, probabilities, next * outputs, values, width);
      next++;
      return RowFactory.create(values);
    }

    private void fill() {
      batch.clear();
      next = 0;
      float[] to = predictor.features(most);
      while (batch.size() < most && rows.hasNext()) {
        Row row = rows.next();
        try {
          writer.write(row.get(features), to, batch.size() * writer.size());
          batch.add(row);
        } catch (BadRowException e) {
          if (!skips) {
            throw new IllegalArgumentException(
                String.format(
                    "%s: %s; mend the row, or leave such rows out with handleInvalid = skip",
                    e.kind().words(), e.getMessage()),
                e);
          }
        }
      }
      if (!batch.isEmpty()) {
        predictor.features(batch.size());
        raw = predictor.outputs();
        probabilities = predictor.probabilities();
      }
    }

    void close() {
      if (!isClosed) {
        isClosed = true;
        pool.value().giveBack(predictor);
      }
    }
  }
}
