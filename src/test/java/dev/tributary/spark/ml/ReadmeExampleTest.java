package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example in Java runs, and stands there as it stands here. */
final class ReadmeExampleTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  private PipelineModel example(Dataset<Row> training, String directory) throws IOException {
    // README: begin
    NeuralNetClassifier classifier =
        new NeuralNetClassifier()
            .setLayers(new int[] {2, 16, 3}) // or setNetwork, for any other
            .setMaxIter(60) // epochs
            .setStepSize(0.02);
    StringIndexer indexer = new StringIndexer().setInputCol("species").setOutputCol("label");
    VectorAssembler assembler =
        new VectorAssembler()
            .setInputCols(new String[] {"length", "width"})
            .setOutputCol("features");
    PipelineModel model =
        new Pipeline()
            .setStages(new PipelineStage[] {indexer, assembler, classifier})
            .fit(training);
    model.write().overwrite().save(directory);
    // README: end
    return model;
  }

  @Test
  void runs() throws IOException {
    Dataset<Row> flowers =
        session()
            .range(600)
            .select(
                functions.rand(1).multiply(8).as("length"),
                functions.rand(2).multiply(3).as("width"))
            .withColumn(
                "species",
                functions.expr(
                    "CASE WHEN length < 3 THEN 'a' WHEN width < 1.5 THEN 'b' ELSE 'c' END"));
    String saved = folder.resolve("flowers").toString();
    PipelineModel model = example(flowers, saved);
    Dataset<Row> result = model.transform(flowers);
    assertThat(result.where("prediction = label").count()).isGreaterThan(560);
    assertDataFrameDataEquals(PipelineModel.load(saved).transform(flowers), result);
    Map<String, Double> metrics =
        ((NeuralNetClassificationModel) model.stages()[2])
            .evaluate(result.drop("prediction", "rawPrediction", "probability"));
    assertThat(metrics.get("accuracy")).isGreaterThan(0.93);
  }

  private static String bare(String text) {
    return text.lines().map(String::strip).collect(Collectors.joining("\n"));
  }

  @Test
  void standsInTheReadme() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/tributary/spark/ml/ReadmeExampleTest.java"));
    List<String> parts = Arrays.asList(source.split("// README: (begin|end)\n", -1));
    String readme = bare(Files.readString(Path.of("README.md")));
    assertThat(readme).contains(bare(parts.get(1)).strip());
    // The Python example is a file of its own, which runs where there is a PySpark.
    String python = bare(Files.readString(Path.of("deploy/python/example.py")));
    int begin = python.indexOf("pipeline = Pipeline(");
    assertThat(readme)
        .contains(python.substring(begin, python.indexOf("accuracy = ", begin)).strip());
  }
}
