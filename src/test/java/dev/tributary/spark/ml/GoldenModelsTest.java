package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that were saved once load for ever, and say what they said. Each is a directory of {@code
 * src/test/resources/models}, with {@code expected.json} beside it: what it says of {@link #ROWS}.
 *
 * <p>A new format gets new directories; those that are there stay as they are. With {@code
 * -Dgolden.models.write=DIR} directories of today's format are written to DIR.
 */
final class GoldenModelsTest extends MlTest {
  private static final long serialVersionUID = 1L;

  private static final Path MODELS = Path.of("src/test/resources/models");
  private static final double[][] ROWS = {{0, 0}, {3, 0.2}, {0.1, 2.9}, {-1, 4}};

  private Dataset<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (double[] row : ROWS) {
      rows.add(RowFactory.create((double) rows.size() % 3, Vectors.dense(row)));
    }
    return frame(rows);
  }

  private Dataset<Row> transformed(String name, Path model) {
    String path = model.toString();
    if (name.contains("classifier") || name.contains("run")) {
      return NeuralNetClassificationModel.load(path).transform(rows()).select("probability");
    }
    if (name.contains("multilabel")) {
      return NeuralNetMultilabelModel.load(path).transform(rows()).select("probability");
    }
    if (name.contains("pipeline")) {
      return PipelineModel.load(path).transform(rows()).select("probability");
    }
    return NeuralNetRegressionModel.load(path).transform(rows()).select("prediction");
  }

  private static double[] numbers(Object value) {
    return value instanceof Vector vector ? vector.toArray() : new double[] {(Double) value};
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1-run", "2-run", "2-classifier", "2-regressor", "2-multilabel", "2-pipeline"})
  void saysWhatItSaid(String name) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(MODELS.resolve("expected.json").toFile());
    List<Row> said = transformed(name, MODELS.resolve(name)).collectAsList();
    assertThat(said).hasSize(ROWS.length);
    for (int i = 0; i < ROWS.length; i++) {
      double[] wanted =
          new ObjectMapper().treeToValue(expected.get(name.substring(2)).get(i), double[].class);
      assertThat(numbers(said.get(i).get(0)))
          .as("%s, row %d", name, i)
          .containsExactly(wanted, within(1e-5));
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "golden.models.write", matches = ".+")
  void writesTodaysFormat() throws IOException {
    Path to = Path.of(System.getProperty("golden.models.write"));
    Dataset<Row> clouds = clouds(120);
    NeuralNetClassifier classifier =
        new NeuralNetClassifier("classifier")
            .setNetwork(NetworkDefinition.input(2).affine(4).batchNorm().relu().affine(3))
            .setPrepare("standardize")
            .setMaxIter(10)
            .setBatchSize(20)
            .setShards(2)
            .setStepSize(0.05)
            .setThresholds(new double[] {0.2, 0.3, 0.5});
    NeuralNetClassificationModel model = classifier.fit(clouds);
    model.write().overwrite().save(to.resolve("2-classifier").toString());
    model
        .trained()
        .save(to.resolve("2-run").toString(), new org.apache.hadoop.conf.Configuration());
    new org.apache.spark.ml.Pipeline("pipeline")
        .setStages(new org.apache.spark.ml.PipelineStage[] {classifier})
        .fit(clouds)
        .write()
        .overwrite()
        .save(to.resolve("2-pipeline").toString());
    new NeuralNetRegressor("regressor")
        .setNetwork(NetworkDefinition.input(2).affine(4).tanh().affine(1))
        .setMaxIter(10)
        .setBatchSize(20)
        .setShards(2)
        .fit(clouds)
        .write()
        .overwrite()
        .save(to.resolve("2-regressor").toString());
    new NeuralNetMultilabelClassifier("multilabel")
        .setNetwork(NetworkDefinition.input(2).affine(4).relu().affine(2))
        .setMaxIter(10)
        .setBatchSize(20)
        .setShards(2)
        .fit(
            session()
                .createDataFrame(
                    clouds.collectAsList().stream()
                        .map(r -> label(r.getDouble(0), r.getAs("features")))
                        .toList(),
                    schema(SQLDataTypes.VectorType())))
        .write()
        .overwrite()
        .save(to.resolve("2-multilabel").toString());
    Map<String, double[][]> expected = new LinkedHashMap<>();
    for (String name : List.of("run", "classifier", "regressor", "multilabel", "pipeline")) {
      expected.put(
          name,
          transformed(name, to.resolve("2-" + name)).collectAsList().stream()
              .map(r -> numbers(r.get(0)))
              .toArray(double[][]::new));
    }
    Files.writeString(to.resolve("expected.json"), json(expected));
  }

  private static Row label(double cloud, Vector features) {
    return RowFactory.create(Vectors.dense(cloud > 0 ? 1 : 0, cloud > 1 ? 1 : 0), features);
  }

  private static String json(Map<String, double[][]> expected) {
    StringBuilder json = new StringBuilder("{\n");
    expected.forEach(
        (name, rows) ->
            json.append(json.length() > 2 ? ",\n" : "")
                .append("  \"")
                .append(name)
                .append("\": ")
                .append(Arrays.deepToString(rows)));
    return json.append("\n}\n").toString();
  }
}
