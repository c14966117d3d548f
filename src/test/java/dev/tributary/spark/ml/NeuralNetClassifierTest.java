package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MLlib's own tests ask of its perceptron, and what else a classifier promises. */
final class NeuralNetClassifierTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  @Test
  void learnsTheExclusiveOr() {
    NeuralNetClassifier classifier = xorClassifier();
    NeuralNetClassificationModel model = classifier.fit(xor());
    Dataset<Row> result = model.transform(xor());
    assertThat(result.columns())
        .containsExactly("label", "features", "rawPrediction", "probability", "prediction");
    assertDataFrameDataEquals(
        result.select("label"), result.select(functions.col("prediction").as("label")));
    assertThat(model.uid()).isEqualTo(classifier.uid());
    assertThat(model.parent()).isEqualTo(classifier);
    assertThat(model.hasSummary()).isTrue();
    assertThat(model.numClasses()).isEqualTo(2);
    assertThat(model.numFeatures()).isEqualTo(2);
    assertThat(model.evaluate(xor())).containsEntry("accuracy", 1.0);
  }

  @Test
  void predictsOneRowAsItTransforms() {
    NeuralNetClassificationModel model = xorClassifier().fit(xor());
    for (Row row : model.transform(xor()).collectAsList()) {
      Vector features = row.getAs("features");
      assertThat(model.predict(features)).isEqualTo(row.<Double>getAs("prediction"));
      near(model.predictRaw(features), row.getAs("rawPrediction"), 1e-4);
      near(model.predictProbability(features), row.getAs("probability"), 1e-5);
    }
  }

  private static void near(Vector actual, Vector expected, double tolerance) {
    assertThat(actual.toArray()).containsExactly(expected.toArray(), within(tolerance));
  }

  /** Rows that are alike but for their labels leave nothing to know: one half each. */
  @Test
  void givesCalibratedProbabilities() {
    Dataset<Row> rows =
        frame(
            List.of(
                row(0.0, 1, 2, 3, 4),
                row(1.0, 4, 3, 2, 1),
                row(0.0, 1, 1, 1, 1),
                row(1.0, 1, 1, 1, 1)));
    NeuralNetClassificationModel model =
        new NeuralNetClassifier()
            .setLayers(new int[] {4, 5, 2})
            .setBatchSize(4)
            .setMaxIter(200)
            .setStepSize(0.1)
            .setShards(1)
            .setOptimizer("adam")
            .fit(rows);
    List<Row> results = model.transform(rows).collectAsList();
    double[][] expected = {{1, 0}, {0, 1}, {0.5, 0.5}, {0.5, 0.5}};
    for (Row result : results) {
      DenseVector features = result.getAs("features");
      double[] wanted =
          features.apply(0) == 4 ? expected[1] : features.apply(1) == 2 ? expected[0] : expected[2];
      near(result.getAs("probability"), Vectors.dense(wanted), 0.02);
    }
  }

  @Test
  void agreesWithLogisticRegressionOnFlowers() {
    Dataset<Row> rows = frame(flowers(1000, 1)).cache();
    NeuralNetClassificationModel model =
        new NeuralNetClassifier()
            .setLayers(new int[] {4, 5, 4, 3})
            .setMaxIter(15)
            .setBatchSize(50)
            .setShards(2)
            .setStepSize(0.05)
            .setPrepare("standardize")
            .fit(rows);
    double logistic = new LogisticRegression().setRegParam(0).fit(rows).summary().accuracy();
    assertThat(model.evaluate(rows).get("accuracy")).isCloseTo(logistic, within(0.03));
    assertThat(model.summary().objectiveHistory()).hasSize(15);
    assertThat(model.summary().totalIterations()).isEqualTo(15);
    assertThat(model.summary().numInstances()).isEqualTo(1000);
    assertThat(model.summary().curves(session()).count()).isEqualTo(15);
    rows.unpersist();
  }

  @Test
  void goesOnFromGivenWeights() {
    NeuralNetClassifier classifier = xorClassifier().setMaxIter(1);
    NeuralNetClassificationModel first = classifier.fit(xor());
    classifier.setInitialWeights(first.weights());
    NeuralNetClassificationModel second = classifier.fit(xor());
    assertThat(second.weights()).isEqualTo(classifier.fit(xor()).weights());
    assertThat(second.weights()).isNotEqualTo(first.weights());
    assertThatThrownBy(() -> classifier.setInitialWeights(Vectors.dense(1, 2)).fit(xor()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("param initialWeights has 2 weights, but the network has 27");
  }

  @Test
  void goesOnFromASavedModel() throws IOException {
    String saved = folder.resolve("start").toString();
    NeuralNetClassificationModel first =
        xorClassifier().setMaxIter(3).setPrepare("standardize").fit(xor());
    first.write().overwrite().save(saved);
    NeuralNetClassifier onward = xorClassifier().setMaxIter(1).setInitialModel(saved);
    NeuralNetClassificationModel second = onward.fit(xor());
    assertThat(second.trained().objective().preparation().describe())
        .isEqualTo(first.trained().objective().preparation().describe())
        .isNotEmpty();
    assertThatThrownBy(() -> onward.setInitialWeights(first.weights()).fit(xor()))
        .hasMessageContaining("params initialModel and initialWeights exclude each other");
  }

  @Test
  void choosesByThresholds() {
    NeuralNetClassificationModel model = xorClassifier().setMaxIter(2).fit(xor());
    assertThat(
            model
                .copy(new ParamMap())
                .setThresholds(new double[] {0, 1})
                .transform(xor())
                .where("prediction = 0")
                .count())
        .isEqualTo(4);
    NeuralNetClassificationModel other = model.copy(new ParamMap());
    other.set(other.thresholds(), new double[] {1, 1, 1});
    assertThatThrownBy(() -> other.transform(xor()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "non-matching numClasses and thresholds.length. numClasses=2, but thresholds has length"
                + " 3");
  }

  @Test
  void leavesColumnsWithoutNamesOut() {
    NeuralNetClassificationModel model =
        xorClassifier().setMaxIter(1).setRawPredictionCol("").setProbabilityCol("").fit(xor());
    assertThat(model.transform(xor()).columns()).containsExactly("label", "features", "prediction");
    assertThat(model.findSummaryModel()._1()).isInstanceOf(NeuralNetClassificationModel.class);
  }

  @Test
  void tellsTwoClassesApartByOneOutput() {
    NeuralNetClassificationModel model =
        new NeuralNetClassifier()
            .setNetwork(NetworkDefinition.input(2).affine(6).tanh().affine(1))
            .setLoss("sigmoid_cross_entropy")
            .setMaxIter(150)
            .setBatchSize(4)
            .setShards(1)
            .setStepSize(0.1)
            .fit(xor());
    assertThat(model.numClasses()).isEqualTo(2);
    assertThat(model.evaluate(xor())).containsEntry("accuracy", 1.0);
    for (Row row : model.transform(xor()).collectAsList()) {
      DenseVector chances = row.getAs("probability");
      DenseVector raw = row.getAs("rawPrediction");
      assertThat(chances.apply(0) + chances.apply(1)).isCloseTo(1, within(1e-6));
      assertThat(raw.apply(0)).isEqualTo(-raw.apply(1));
      near(model.predictProbability(row.getAs("features")), chances, 1e-5);
    }
  }

  @Test
  void keepsWhatColumnsSayOfThemselves() {
    Metadata label =
        NominalAttribute.defaultAttr().withName("label").withValues("no", "yes").toMetadata();
    Metadata features = new AttributeGroup("features", 2).toMetadata();
    Dataset<Row> told = xor().withMetadata("label", label).withMetadata("features", features);
    Dataset<Row> result = xorClassifier().setMaxIter(1).fit(told).transform(told);
    assertThat(result.schema().apply("label").metadata()).isEqualTo(label);
    assertThat(result.schema().apply("features").metadata()).isEqualTo(features);
    assertThat(
            ((NominalAttribute) Attribute.fromStructField(result.schema().apply("prediction")))
                .getNumValues()
                .get())
        .isEqualTo(2);
    assertThat(AttributeGroup.fromStructField(result.schema().apply("probability")).size())
        .isEqualTo(2);
  }

  @Test
  void readsLabelsOfAnyNumericType() {
    NeuralNetClassifier classifier = xorClassifier().setMaxIter(2);
    Vector expected = classifier.fit(xor()).weights();
    for (DataType type :
        List.of(
            DataTypes.ByteType,
            DataTypes.ShortType,
            DataTypes.IntegerType,
            DataTypes.LongType,
            DataTypes.FloatType,
            DataTypes.createDecimalType(10, 0))) {
      Dataset<Row> cast = xor().withColumn("label", functions.col("label").cast(type));
      assertThat(classifier.fit(cast).weights()).as(type.simpleString()).isEqualTo(expected);
    }
    Dataset<Row> words = xor().withColumn("label", functions.col("label").cast("string"));
    assertThatThrownBy(() -> classifier.fit(words))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("label must be of type");
  }

  /** Sparse and dense vectors are the same samples. */
  @Test
  void readsSparseVectors() {
    List<Row> sparse = new ArrayList<>();
    for (Row row : xor().collectAsList()) {
      sparse.add(RowFactory.create(row.get(0), ((Vector) row.getAs("features")).toSparse()));
    }
    NeuralNetClassifier classifier = xorClassifier().setMaxIter(5);
    NeuralNetClassificationModel model = classifier.fit(frame(sparse));
    assertThat(model.weights()).isEqualTo(classifier.fit(xor()).weights());
    assertDataFrameDataEquals(
        model.transform(xor()).select("probability"),
        model.transform(frame(sparse)).select("probability"));
  }

  @Test
  void weighsRows() {
    Dataset<Row> weighted =
        xor()
            .union(xor().withColumn("label", functions.expr("1 - label")))
            .withColumn("weight", functions.rand(1));
    NeuralNetClassifier classifier = xorClassifier().setMaxIter(3).setWeightCol("weight");
    Vector some = classifier.fit(weighted).weights();
    Vector none = classifier.setWeightCol("").fit(weighted).weights();
    assertThat(some).isNotEqualTo(none);
    Dataset<Row> ones = weighted.withColumn("weight", functions.lit(1f));
    assertThat(classifier.setWeightCol("weight").fit(ones).trained().weights())
        .hasSameSizeAs(floats(none));
  }

  @Test
  void stopsEarlyByValidationRows() {
    Dataset<Row> rows =
        frame(flowers(600, 2)).withColumn("held_out", functions.rand(3).lt(0.3)).cache();
    NeuralNetClassifier classifier =
        new NeuralNetClassifier()
            .setLayers(new int[] {4, 16, 3})
            .setPrepare("standardize")
            .setBatchSize(30)
            .setShards(1)
            .setStepSize(0.1)
            .setMaxIter(60)
            .setPatience(3)
            .setTol(1e-4)
            .setMetric("loss")
            .setValidationIndicatorCol("held_out");
    NeuralNetClassificationModel model = classifier.fit(rows);
    NeuralNetTrainingSummary summary = model.summary();
    assertThat(summary.totalIterations()).isLessThan(60);
    assertThat(summary.stopped()).contains("loss has not become better");
    assertThat(summary.history("loss")).hasSize(summary.totalIterations());
    double best = java.util.Arrays.stream(summary.history("loss")).min().orElseThrow();
    assertThat(summary.metrics().get("loss")).isEqualTo(best);
    assertThat(model.evaluate(rows.where("held_out")).get("loss")).isCloseTo(best, within(1e-6));
    assertThat(summary.numInstances()).isEqualTo(rows.where("not held_out").count());
    assertThatThrownBy(() -> summary.history("rmse"))
        .hasMessageContaining("rmse was not evaluated");
    classifier.clear(classifier.validationIndicatorCol());
    assertThatThrownBy(() -> classifier.fit(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("set validationIndicatorCol");
    rows.unpersist();
  }

  @Test
  void takesMllibsSolvers() {
    NeuralNetClassifier classifier = new NeuralNetClassifier().setSolver("gd");
    assertThat(classifier.getOrDefault(classifier.optimizer())).contains("sgd");
    NeuralNetClassifier other = new NeuralNetClassifier().setSolver("l-bfgs");
    assertThat(other.isSet(other.optimizer())).isFalse();
    assertThatThrownBy(() -> classifier.setSolver("newton"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("solver given invalid value newton; known: gd, l-bfgs");
  }

  @Test
  void isTheSameAfterSavingAndLoading() throws IOException {
    String path = folder.resolve("estimator").toString();
    NeuralNetClassifier classifier =
        xorClassifier()
            .setMaxIter(2)
            .setFeaturesCol("f")
            .setLabelCol("l")
            .setThresholds(new double[] {0.3, 0.7})
            .setInitialWeights(Vectors.dense(new Random(1).doubles(27).toArray()));
    classifier.write().save(path);
    NeuralNetClassifier loaded = NeuralNetClassifier.load(path);
    assertThat(loaded.uid()).isEqualTo(classifier.uid());
    for (Param<?> param : classifier.params()) {
      assertThat(loaded.isSet(loaded.getParam(param.name())))
          .as(param.name())
          .isEqualTo(classifier.isSet(param));
      if (classifier.isDefined(param)) {
        assertThat(loaded.getOrDefault(loaded.getParam(param.name())))
            .as(param.name())
            .isEqualTo(classifier.getOrDefault(param));
      }
    }
    Dataset<Row> rows = xor().toDF("l", "f");
    NeuralNetClassificationModel model = loaded.fit(rows);
    assertThat(model.weights()).isEqualTo(classifier.fit(rows).weights());

    String saved = folder.resolve("model").toString();
    model.setBlockSize(3).write().save(saved);
    NeuralNetClassificationModel again = NeuralNetClassificationModel.load(saved);
    assertThat(again.uid()).isEqualTo(model.uid());
    assertThat(again.getBlockSize()).isEqualTo(3);
    assertThat(again.getThresholds()).containsExactly(0.3, 0.7);
    assertThat(again.weights()).isEqualTo(model.weights());
    assertThat(again.hasSummary()).isFalse();
    assertThatThrownBy(again::summary).hasMessageContaining("No training summary available");
    assertThat(again.provenance())
        .isEqualTo(model.provenance())
        .contains("\"estimator\":\"dev.tributary.spark.ml.NeuralNetClassifier\"")
        .contains("\"data\":\"4 samples, hash ")
        .contains("\"weights_sha256\"")
        .contains("\"spark_version\"");
    assertDataFrameDataEquals(again.transform(rows), model.transform(rows));
    assertThatThrownBy(() -> model.write().save(saved)).isInstanceOf(IOException.class);
  }

  @Test
  void copiesWithExtraParams() {
    NeuralNetClassifier classifier = xorClassifier();
    ParamMap extra = new ParamMap().put(classifier.maxIter().w(7));
    NeuralNetClassifier copy = classifier.copy(extra);
    assertThat(copy.getMaxIter()).isEqualTo(7);
    assertThat(classifier.getMaxIter()).isEqualTo(120);
    assertThat(copy.uid()).isEqualTo(classifier.uid());
    NeuralNetClassificationModel model = classifier.fit(xor(), extra);
    assertThat(model.summary().totalIterations()).isEqualTo(7);
    NeuralNetClassificationModel twin =
        model.copy(new ParamMap().put(model.predictionCol().w("said")));
    assertThat(twin.getPredictionCol()).isEqualTo("said");
    assertThat(twin.parent()).isEqualTo(model.parent());
    assertThat(twin.hasSummary()).isTrue();
    assertThat(model.toString()).contains("numLayers=3, numClasses=2, numFeatures=2");
  }

  /** Defaults have one home. */
  @Test
  void hasTheDefaultsOfJobFiles() {
    NeuralNetClassifier classifier = new NeuralNetClassifier();
    assertThat(classifier.getMaxIter()).isEqualTo(5);
    assertThat(classifier.getSeed()).isEqualTo(1);
    assertThat(classifier.getOrDefault(classifier.shards())).isEqualTo(16);
    assertThat(classifier.explainParams()).contains("batchSize: rows in a mini-batch", "128");
  }

  /** The model goes with a function to the executors, as MLlib's do. */
  @Test
  void predictsInAFunctionOfTheUser() {
    NeuralNetClassificationModel model = xorClassifier().fit(xor());
    List<Double> said =
        xor()
            .map(
                (org.apache.spark.api.java.function.MapFunction<Row, Double>)
                    row -> model.predict(row.getAs("features")),
                org.apache.spark.sql.Encoders.DOUBLE())
            .collectAsList();
    assertThat(said).containsExactly(0.0, 1.0, 1.0, 0.0);
  }
}
