package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models on streams, and in SQL. */
final class StreamAndSqlTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  @Test
  void aStreamIsScoredAsItArrives() throws Exception {
    NeuralNetClassificationModel model = xorClassifier().fit(xor());
    String arrivals = folder.resolve("arrivals").toString();
    xor().limit(2).coalesce(1).write().parquet(arrivals);
    Dataset<Row> stream = session().readStream().schema(xor().schema()).parquet(arrivals);
    StreamingQuery query =
        model
            .transform(stream)
            .writeStream()
            .format("memory")
            .queryName("scored")
            .outputMode("append")
            .start();
    try {
      query.processAllAvailable();
      assertThat(session().table("scored").count()).isEqualTo(2);
      xor().coalesce(1).write().mode("append").parquet(arrivals);
      query.processAllAvailable();
      Dataset<Row> scored = session().table("scored");
      assertThat(scored.count()).isEqualTo(6);
      assertThat(scored.where("prediction = label").count()).isEqualTo(6);
      assertThat(scored.schema().apply("probability").dataType())
          .isEqualTo(SQLDataTypes.VectorType());
    } finally {
      query.stop();
    }
  }

  @Test
  void sqlPredictsClasses() throws IOException {
    NeuralNetClassificationModel model = xorClassifier().fit(xor());
    String saved = folder.resolve("xor").toString();
    model.write().overwrite().save(saved);
    xor().createOrReplaceTempView("points");
    Dataset<Row> said =
        session()
            .sql("SELECT label, tributary_predict('" + saved + "', features) AS p FROM points");
    assertDataFrameDataEquals(said.select(functions.col("p").as("label")), said.select("label"));
    // Arrays are features too, and what is null stays null.
    Row row =
        session()
            .sql(
                String.format(
                    "SELECT tributary_predict('%s', array(0, 1)), tributary_predict('%s',"
                        + " array(1.0F, 1.0F)), tributary_predict('%s', cast(null as"
                        + " array<double>))",
                    saved, saved, saved))
            .first();
    assertThat(row.getDouble(0)).isEqualTo(1);
    assertThat(row.getDouble(1)).isEqualTo(0);
    assertThat(row.isNullAt(2)).isTrue();

    // A model that is written anew is read anew.
    NeuralNetClassificationModel upsideDown =
        xorClassifier().fit(xor().withColumn("label", functions.expr("1 - label")));
    upsideDown.write().overwrite().save(saved);
    java.nio.file.Files.setLastModifiedTime(
        Path.of(saved, "model", "model.json"),
        java.nio.file.attribute.FileTime.fromMillis(System.currentTimeMillis() + 10_000));
    Dataset<Row> after =
        session()
            .sql("SELECT label, tributary_predict('" + saved + "', features) AS p FROM points");
    assertThat(after.where("p = 1 - label").count()).isEqualTo(4);
  }

  @Test
  void sqlPredictsSeveralNumbers() throws IOException {
    NeuralNetRegressionModel model =
        new NeuralNetRegressor()
            .setNetwork(NetworkDefinition.input(2).affine(2))
            .setLabelCol("features")
            .setMaxIter(1)
            .setShards(1)
            .fit(xor());
    String saved = folder.resolve("numbers").toString();
    model.write().overwrite().save(saved);
    List<Double> said =
        session().sql("SELECT tributary_predict('" + saved + "', array(1, 0))").first().getList(0);
    assertThat(said)
        .containsExactlyElementsOf(
            java.util.Arrays.stream(model.predictVector(Vectors.dense(1, 0)).toArray())
                .boxed()
                .toList());
  }

  @Test
  void sqlSaysWhatIsWrong() {
    xor().createOrReplaceTempView("points");
    assertThatThrownBy(() -> session().sql("SELECT tributary_predict('x') FROM points"))
        .hasStackTraceContaining(
            "takes a model's directory and features, but was given 1 arguments");
    assertThatThrownBy(() -> session().sql("SELECT tributary_predict(label, features) FROM points"))
        .hasStackTraceContaining("the model must be a constant string");
    assertThatThrownBy(
            () -> session().sql("SELECT tributary_predict('no/model', features) FROM points"))
        .hasStackTraceContaining("no/model is not a run or model directory that can be read");
    assertThat(session().sql("DESCRIBE FUNCTION tributary_predict").collectAsList().toString())
        .contains("What the model in a directory predicts");
  }
}
