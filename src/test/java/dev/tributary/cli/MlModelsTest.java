package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.spark.ml.NetworkDefinition;
import dev.tributary.spark.ml.NeuralNetClassificationModel;
import dev.tributary.spark.ml.NeuralNetClassifier;
import dev.tributary.spark.ml.NeuralNetRegressionModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line and the estimators train the same models, and read each other's. */
final class MlModelsTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.shuffle.partitions", "2");

  private static final String JOB =
      """
      data.prepare = standardize
      network {
        input = [4]
        layers = [{ type = affine, outputs = 8, initializer = he }, { type = relu },
          { type = dropout, probability = 0.2 }, { type = affine, outputs = 3 }]
      }
      train {
        optimizer = { type = sgd, rate = 0.05, momentum = 0.9 }, schedule = cosine
        epochs = 3, batch = 32, shards = 4, seed = 11
      }
      """;

  @TempDir private static Path data;
  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeAll
  static void writeRows() {
    SETTINGS.forEach(System::setProperty);
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double[] x = {random.nextGaussian(), i % 7, 1e-3 * i, random.nextGaussian() + i % 3};
      rows.add(RowFactory.create((double) (i % 3), Vectors.dense(x)));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    try (SparkSession session = session()) {
      session
          .createDataFrame(rows, schema)
          .repartition(5)
          .write()
          .parquet(data.resolve("rows").toString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void noSettings() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  @BeforeEach
  void capture() {
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
  }

  @AfterEach
  void release() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  private static SparkSession session() {
    return SparkSession.builder().getOrCreate();
  }

  private void run(int exitCode, String... arguments) {
    assertThat(Main.run(arguments)).as(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(exitCode);
  }

  private Path train() throws IOException {
    Path run = folder.resolve("run");
    String job = Files.writeString(folder.resolve("rows.conf"), JOB).toString();
    run(
        0,
        "train",
        job,
        "-D",
        "run.dir=" + run,
        "-D",
        "data.format=parquet",
        "-D",
        "data.train=" + data.resolve("rows"),
        "-D",
        "data.features=[features]",
        "-D",
        "data.label=label");
    return run;
  }

  private static String sha256(Path model) throws IOException {
    JsonNode json = new ObjectMapper().readTree(model.resolve("model/model.json").toFile());
    return json.path("weights_sha256").asText();
  }

  @Test
  void bothTrainTheSameBytesAndReadEachOthersModels() throws IOException {
    Path run = train();
    Path byJob = folder.resolve("by-job");
    Path byParams = folder.resolve("by-params");
    Path predictions = folder.resolve("ml-predictions");
    try (SparkSession session = session()) {
      Dataset<Row> rows = session.read().parquet(data.resolve("rows").toString());
      new NeuralNetClassifier().setJob(JOB).fit(rows).save(byJob.toString());
      // The same by params, of other partitions.
      new NeuralNetClassifier()
          .setNetwork(
              NetworkDefinition.input(4)
                  .affine(8, Map.of("initializer", "he"))
                  .relu()
                  .dropout(0.2)
                  .affine(3))
          .setPrepare("standardize")
          .setOptimizer("{type = sgd, momentum = 0.9}")
          .setStepSize(0.05)
          .setSchedule("cosine")
          .setMaxIter(3)
          .setBatchSize(32)
          .setShards(4)
          .setSeed(11)
          .fit(rows.repartition(9))
          .save(byParams.toString());
      assertThat(sha256(byJob)).isEqualTo(sha256(run));
      assertThat(sha256(byParams)).isEqualTo(sha256(run));

      // A run of the command line as an ML model.
      NeuralNetClassificationModel model = NeuralNetClassificationModel.load(run.toString());
      assertThat(model.provenance()).contains("\"status\":\"completed\"");
      assertThat(model.job()).contains("momentum");
      model.transform(rows).write().parquet(predictions.toString());
      assertThat(model.evaluate(rows))
          .isEqualTo(NeuralNetClassificationModel.load(byParams.toString()).evaluate(rows));
      String again = folder.resolve("again").toString();
      model.save(again);
      assertThat(sha256(Path.of(again))).isEqualTo(sha256(run));
      assertThat(NeuralNetClassificationModel.load(again).uid()).isEqualTo(model.uid());
      assertThatThrownBy(() -> NeuralNetRegressionModel.load(run.toString()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("which predicts a class, not numbers")
          .hasMessageContaining("load it with NeuralNetClassificationModel");
    }
    // An ML model on the command line: its metrics, and the same predictions.
    run(0, "evaluate", byParams.toString(), "--data", data.resolve("rows").toString());
    assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("accuracy");
    String table = folder.resolve("cli-predictions").toString();
    run(
        0,
        "predict",
        byParams.toString(),
        "--data",
        data.resolve("rows").toString(),
        "--output",
        table,
        "--format",
        "parquet");
    try (SparkSession session = session()) {
      List<Double> byLine =
          session
              .read()
              .parquet(table)
              .selectExpr("double(probability_1) as p")
              .sort("p")
              .collectAsList()
              .stream()
              .map(r -> r.getDouble(0))
              .toList();
      List<Double> byModel =
          session
              .read()
              .parquet(predictions.toString())
              .select(
                  org.apache
                      .spark
                      .ml
                      .functions
                      .vector_to_array(org.apache.spark.sql.functions.col("probability"), "float64")
                      .getItem(1)
                      .as("p"))
              .sort("p")
              .collectAsList()
              .stream()
              .map(r -> r.getDouble(0))
              .toList();
      assertThat(byLine).isEqualTo(byModel).hasSize(400);
    }
  }
}
