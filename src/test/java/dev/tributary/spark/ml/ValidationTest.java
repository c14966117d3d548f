package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is wrong with params and rows is told in Spark ML's manner. */
final class ValidationTest extends MlTest {
  private static final long serialVersionUID = 1L;

  private final NeuralNetClassifier classifier = xorClassifier().setMaxIter(1);

  private AbstractThrowableAssert<?, ? extends Throwable> refused(Dataset<Row> rows) {
    return assertThatThrownBy(() -> classifier.fit(rows))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofParams() {
    for (int[] sizes : new int[][] {{}, {1}, {0, 1}, {1, 0}}) {
      assertThatThrownBy(() -> classifier.setLayers(sizes))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layers given invalid value");
    }
    classifier.setLayers(new int[] {1, 1});
    assertThatThrownBy(() -> classifier.setMaxIter(0))
        .hasMessageContaining("maxIter given invalid");
    assertThatThrownBy(() -> classifier.setEngine("gpu"))
        .hasMessageContaining("engine given invalid");
    assertThatThrownBy(() -> classifier.setStepSize(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ofTheNetwork() {
    classifier.clear(classifier.layers());
    refused(xor())
        .hasMessageContaining(
            classifier.uid()
                + ": the network is missing; give it with setNetwork, or with setLayers as in"
                + " MLlib");
    classifier.setNetwork("input = [2]\nlayers = [{type = afine, outputs = 2}]");
    refused(xor())
        .hasMessageContaining("param network: 2")
        .hasMessageContaining("afine")
        .hasMessageContaining("affine");
    classifier.setLayers(new int[] {2, 2});
    refused(xor()).hasMessageContaining("params network and layers exclude each other");
    classifier.clear(classifier.network());
    refused(classifierWith("shards", 3)).hasMessageContaining("train.shards = 3");
  }

  private Dataset<Row> classifierWith(String param, int value) {
    classifier.set(classifier.getParam(param), value);
    return xor();
  }

  @Test
  void ofOptimizersAndLosses() {
    classifier.setOptimizer("adamm");
    refused(xor())
        .hasMessageContaining("param optimizer")
        .hasMessageContaining("did you mean adam");
    classifier.setOptimizer("adam").setLoss("multiclass_hinge");
    refused(xor()).hasMessageContaining("loss multiclass_hinge gives no probabilities");
    classifier.setProbabilityCol("");
    assertThat(classifier.fit(xor()).transform(xor()).columns()).doesNotContain("probability");
  }

  @Test
  void ofColumns() {
    refused(xor().withColumnRenamed("label", "l"))
        .hasMessageContaining("No such struct field `label` in `l`, `features`");
    refused(xor().withColumnRenamed("features", "f"))
        .hasMessageContaining("No such struct field `features` in `label`, `f`");
    refused(xor().selectExpr("label", "label as features"))
        .hasMessageContaining("features")
        .hasMessageContaining("vector");
    refused(xor().selectExpr("*", "1 as prediction"))
        .hasMessageContaining("prediction already exists");
    classifier.setWeightCol("w");
    refused(xor()).hasMessageContaining("w does not exist. Available: label, features");
    refused(xor().selectExpr("*", "'x' as w"))
        .hasMessageContaining(
            "Column w (weightCol) must be of numeric type but was actually string.");
    classifier.setWeightCol("").setValidationIndicatorCol("v");
    refused(xor().selectExpr("*", "1 as v"))
        .hasMessageContaining("Column v (validationIndicatorCol) must be of boolean type");
  }

  @Test
  void ofMetadata() {
    refused(
            xor()
                .withMetadata(
                    "label", NominalAttribute.defaultAttr().withValues("a", "b", "c").toMetadata()))
        .hasMessageContaining(
            "Column label has 3 classes by its metadata, but the network tells 2");
    refused(xor().withMetadata("features", new AttributeGroup("features", 5).toMetadata()))
        .hasMessageContaining(
            "Column features holds vectors of 5 numbers by its metadata, but the network reads 2");
  }

  @Test
  void ofRows() {
    refused(frame(List.of())).hasMessageContaining("holds no samples");
    refused(frame(List.of(row(2.0, 0, 1), row(0.0, 1, 1))))
        .hasMessageContaining("column label is 2.0, but classes are 0 to 1");
    refused(frame(List.of(row(0.5, 0, 1)))).hasMessageContaining("column label is 0.5");
    refused(frame(List.of(row(-1.0, 0, 1)))).hasMessageContaining("column label is -1.0");
    refused(frame(List.of(row(Double.NaN, 0, 1)))).hasMessageContaining("label");
    refused(frame(List.of(row(0.0, 0, 1, 2))))
        .hasMessageContaining("with column features there are 3 numbers, expected 2");
    refused(frame(List.of(row(0.0, 0)))).hasMessageContaining("there are 1 features, expected 2");
    refused(frame(List.of(row(0.0, 0, Double.NaN))))
        .hasMessageContaining("column features is NaN at place 1, not a finite float32");
    refused(frame(List.of(row(0.0, 0, 1), RowFactory.create(1.0, null))))
        .hasMessageContaining("column features is null")
        .hasMessageContaining("or pass over such rows with handleInvalid = skip");
    refused(frame(List.of(row(0.0, 0, 1), RowFactory.create(null, Vectors.dense(1, 2)))))
        .hasMessageContaining("column label is null");
  }

  private Dataset<Row> withBadRows() {
    List<Row> rows = new ArrayList<>(xor().collectAsList());
    rows.add(RowFactory.create(1.0, null));
    rows.add(RowFactory.create(0.0, Vectors.dense(1, 2, 3)));
    rows.add(RowFactory.create(0.0, Vectors.dense(1, Double.POSITIVE_INFINITY)));
    return frame(rows);
  }

  @Test
  void badRowsAreSkippedIfSaidSo() {
    NeuralNetClassificationModel model = classifier.setHandleInvalid("skip").fit(withBadRows());
    assertThat(model.weights()).isEqualTo(xorClassifier().setMaxIter(1).fit(xor()).weights());
    assertThat(model.transform(withBadRows()).count()).isEqualTo(4);
    model.setHandleInvalid("error");
    assertThatThrownBy(() -> model.transform(withBadRows()).count())
        .hasStackTraceContaining("column features is null")
        .hasStackTraceContaining("leave such rows out with handleInvalid = skip");
    assertThatThrownBy(() -> model.predict(Vectors.dense(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("wrong length: column features holds 3 numbers, but the model reads 2");
  }

  @Test
  void aSingleClassIsWarnedOf() {
    Dataset<Row> ones = frame(List.of(row(1.0, 0, 1), row(1.0, 1, 1)));
    assertThat(classifier.fit(ones).summary().warnings())
        .containsExactly("all labels are 1: with a single class there is nothing to learn");
    assertThat(classifier.fit(xor()).summary().warnings()).isEmpty();
  }

  @Test
  void aWholeJobMayBeGiven() {
    NeuralNetClassifier byJob =
        new NeuralNetClassifier()
            .setJob(
                """
                network { input = [2], layers = [{type = affine, outputs = 5}, {type = sigmoid},
                  {type = affine, outputs = 2}] }
                train { optimizer = {type = adam, rate = 0.1}, epochs = 9, batch = 4, shards = 1
                  seed = 123 }
                """)
            .setMaxIter(1);
    assertThat(byJob.fit(xor()).weights()).isEqualTo(classifier.fit(xor()).weights());
    byJob.setJob("trian.epochs = 3");
    assertThatThrownBy(() -> byJob.fit(xor()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("param job: 1: unknown key trian; did you mean train?");
  }
}
