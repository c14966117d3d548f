package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Yes or no to several labels at once. */
final class NeuralNetMultilabelTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  /** Three labels: right of the middle, above it, and both. */
  private Dataset<Row> quarters() {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      double right = x > 0 ? 1 : 0;
      double above = y > 0 ? 1 : 0;
      rows.add(RowFactory.create(Vectors.dense(right, above, right * above), Vectors.dense(x, y)));
    }
    return session().createDataFrame(rows, schema(SQLDataTypes.VectorType()));
  }

  private static NeuralNetMultilabelClassifier classifier() {
    return new NeuralNetMultilabelClassifier()
        .setNetwork(NetworkDefinition.input(2).affine(16).relu().affine(3))
        .setBatchSize(20)
        .setShards(2)
        .setStepSize(0.03)
        .setMaxIter(25);
  }

  @Test
  void saysYesOrNoToEachLabel() throws IOException {
    Dataset<Row> rows = quarters();
    NeuralNetMultilabelModel model = classifier().fit(rows);
    assertThat(model.numLabels()).isEqualTo(3);
    assertThat(model.evaluate(rows).get("micro_f1")).isGreaterThan(0.97);
    Dataset<Row> result = model.transform(rows);
    assertThat(result.columns())
        .containsExactly("label", "features", "rawPrediction", "probability", "prediction");
    for (Row row : result.limit(20).collectAsList()) {
      DenseVector chances = row.getAs("probability");
      DenseVector said = row.getAs("prediction");
      for (int j = 0; j < 3; j++) {
        assertThat(said.apply(j)).isEqualTo(chances.apply(j) > 0.5 ? 1 : 0);
      }
      assertThat(model.predict(row.getAs("features"))).isEqualTo(said);
    }
    String saved = folder.resolve("model").toString();
    model.setThreshold(1).write().save(saved);
    NeuralNetMultilabelModel loaded = NeuralNetMultilabelModel.load(saved);
    Vector none = loaded.transform(rows).first().getAs("prediction");
    assertThat(none).isEqualTo(Vectors.dense(0, 0, 0));
    assertThatThrownBy(() -> NeuralNetClassificationModel.load(saved))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void readsArraysInAPipeline() throws IOException {
    Dataset<Row> arrays =
        quarters()
            .withColumn(
                "label",
                org.apache.spark.ml.functions.vector_to_array(functions.col("label"), "float32"));
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {classifier().setMaxIter(2)});
    PipelineModel model = pipeline.fit(arrays);
    NeuralNetMultilabelModel ours = (NeuralNetMultilabelModel) model.stages()[0];
    assertThat(ours.weights()).isEqualTo(classifier().setMaxIter(2).fit(quarters()).weights());
    String saved = folder.resolve("pipeline").toString();
    pipeline.write().save(saved);
    assertDataFrameDataEquals(
        Pipeline.load(saved).fit(arrays).transform(arrays), model.transform(arrays));
  }

  @Test
  void refusesOtherLossesAndLabels() {
    assertThatThrownBy(() -> classifier().setLoss("softmax_cross_entropy").fit(quarters()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not say yes or no to several labels");
    assertThatThrownBy(() -> classifier().fit(clouds(10)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Column label must be of type vector or array of number");
  }
}
