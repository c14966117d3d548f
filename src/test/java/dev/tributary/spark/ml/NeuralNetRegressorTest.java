package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers, one or several for a row. */
final class NeuralNetRegressorTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  private Dataset<Row> plane() {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      rows.add(row(1 + 2 * a - b, a, b));
    }
    return frame(rows);
  }

  /** Both numbers at once, as vectors. */
  private Dataset<Row> planes() {
    List<Row> rows = new ArrayList<>();
    for (Row row : plane().collectAsList()) {
      Vector x = row.getAs("features");
      rows.add(RowFactory.create(Vectors.dense(row.getDouble(0), x.apply(0) + x.apply(1)), x));
    }
    return session().createDataFrame(rows, schema(SQLDataTypes.VectorType()));
  }

  private static NeuralNetRegressor regressor(int outputs) {
    return new NeuralNetRegressor()
        .setNetwork(NetworkDefinition.input(2).affine(outputs))
        .setBatchSize(20)
        .setShards(2)
        .setStepSize(0.05)
        .setMaxIter(30);
  }

  @Test
  void findsAPlane() throws IOException {
    NeuralNetRegressionModel model = regressor(1).fit(plane());
    Dataset<Row> result = model.transform(plane());
    assertThat(new RegressionEvaluator().setMetricName("r2").evaluate(result)).isGreaterThan(0.999);
    assertThat(model.evaluate(plane()).get("r2")).isGreaterThan(0.999);
    assertThat(model.weights().toArray()).containsExactly(new double[] {2, -1, 1}, within(0.02));
    Row first = result.first();
    assertThat(model.predict(first.getAs("features")))
        .isCloseTo(first.getAs("prediction"), within(1e-5));

    String saved = folder.resolve("one").toString();
    model.write().save(saved);
    assertDataFrameDataEquals(NeuralNetRegressionModel.load(saved).transform(plane()), result);
    assertThatThrownBy(() -> NeuralNetMultilabelModel.load(saved))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void predictsSeveralNumbers() throws IOException {
    NeuralNetRegressionModel model = regressor(2).fit(planes());
    assertThat(model.numOutputs()).isEqualTo(2);
    Dataset<Row> result = model.transform(planes());
    for (Row row : result.limit(20).collectAsList()) {
      DenseVector said = row.getAs("prediction");
      assertThat(said.values())
          .containsExactly(((Vector) row.getAs("label")).toArray(), within(0.1));
      assertThat(model.predictVector(row.getAs("features")).toArray())
          .containsExactly(said.values(), within(1e-5));
    }
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 2)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("predicts 2 numbers for a row; call predictVector");
    String saved = folder.resolve("two").toString();
    model.write().save(saved);
    assertDataFrameDataEquals(NeuralNetRegressionModel.load(saved).transform(planes()), result);
    assertThatThrownBy(() -> regressor(2).fit(plane()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "Column label must be of type vector or array of number but was actually double.");
  }

  @Test
  void refusesLossesForClasses() {
    assertThatThrownBy(() -> regressor(1).setLoss("sigmoid_cross_entropy").fit(plane()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("loss sigmoid_cross_entropy is not one for numbers");
  }
}
