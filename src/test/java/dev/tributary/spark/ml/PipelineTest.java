package dev.tributary.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.tuning.TrainValidationSplit;
import org.apache.spark.ml.tuning.TrainValidationSplitModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our stages among Spark's own: pipelines, and searches over params with fits at the same time. */
final class PipelineTest extends MlTest {
  private static final long serialVersionUID = 1L;

  @TempDir private static Path folder;

  /** Columns a and b, and the name of the cloud that a row is of. */
  private Dataset<Row> table(int rows) {
    return clouds(rows)
        .select(
            functions.expr("element_at(array('north', 'east', 'west'), int(label) + 1)").as("side"),
            org.apache
                .spark
                .ml
                .functions
                .vector_to_array(functions.col("features"), "float64")
                .as("x"))
        .selectExpr("side", "x[0] as a", "x[1] as b");
  }

  private static NeuralNetClassifier classifier() {
    return new NeuralNetClassifier()
        .setLayers(new int[] {2, 8, 3})
        .setMaxIter(12)
        .setBatchSize(30)
        .setShards(2)
        .setStepSize(0.05);
  }

  private static Pipeline pipeline() {
    return new Pipeline()
        .setStages(
            new PipelineStage[] {
              new StringIndexer().setInputCol("side").setOutputCol("label"),
              new VectorAssembler().setInputCols(new String[] {"a", "b"}).setOutputCol("raw"),
              new StandardScaler().setInputCol("raw").setOutputCol("features").setWithMean(true),
              classifier(),
              new IndexToString()
                  .setInputCol("prediction")
                  .setOutputCol("said")
                  .setLabels(new String[] {"east", "north", "west"})
            });
  }

  @Test
  void pipelinesAreFittedSavedLoadedAndFittedAgain() throws IOException {
    Dataset<Row> table = table(300);
    PipelineModel model = pipeline().fit(table);
    Dataset<Row> result = model.transform(table);
    assertThat(result.where("said = side").count()).isGreaterThan(290);
    assertThat(result.where("(said = side) = (prediction = label)").count()).isEqualTo(300);

    String saved = folder.resolve("pipeline").toString();
    model.write().overwrite().save(saved);
    PipelineModel loaded = PipelineModel.load(saved);
    assertDataFrameDataEquals(loaded.transform(table), result);

    String estimators = folder.resolve("estimators").toString();
    pipeline().write().overwrite().save(estimators);
    PipelineModel refitted = Pipeline.load(estimators).fit(table);
    assertDataFrameDataEquals(refitted.transform(table).drop("said"), result.drop("said"));
  }

  @Test
  void crossValidatesInParallel() throws IOException {
    Dataset<Row> rows = clouds(120).cache();
    rows.count();
    int before = session().sparkContext().getPersistentRDDs().size();
    NeuralNetClassifier classifier = classifier();
    ParamMap[] grid = new ParamGridBuilder().addGrid(classifier.maxIter(), scala(1, 8)).build();
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("accuracy"))
            .setEstimatorParamMaps(grid)
            .setNumFolds(2)
            .setSeed(1)
            .setParallelism(2);
    CrossValidatorModel model = validator.fit(rows);
    assertThat(model.avgMetrics()).hasSize(2);
    // The same bytes whatever ran beside it.
    assertThat(validator.setParallelism(1).fit(rows).avgMetrics()).isEqualTo(model.avgMetrics());
    NeuralNetClassificationModel best = (NeuralNetClassificationModel) model.bestModel();
    assertThat(best.evaluate(rows).get("accuracy")).isGreaterThan(0.9);
    assertThat(best.summary().totalIterations()).isEqualTo(8);
    // Nothing of the fits stays on the executors.
    assertThat(session().sparkContext().getPersistentRDDs().size()).isEqualTo(before);

    String saved = folder.resolve("validated").toString();
    model.write().overwrite().save(saved);
    assertDataFrameDataEquals(
        CrossValidatorModel.load(saved).transform(rows), model.transform(rows));
    rows.unpersist();
  }

  private static scala.collection.Iterable<Object> scala(Object... values) {
    return scala.jdk.javaapi.CollectionConverters.asScala(new ArrayList<>(List.of(values)));
  }

  @Test
  void splitsForValidationInParallel() {
    Dataset<Row> rows = clouds(200).withColumn("label", functions.expr("label * 2 - 1")).cache();
    NeuralNetRegressor regressor =
        new NeuralNetRegressor()
            .setNetwork(NetworkDefinition.input(2).affine(8).relu().affine(1))
            .setBatchSize(20)
            .setShards(2)
            .setMaxIter(25);
    ParamMap[] grid =
        new ParamGridBuilder().addGrid(regressor.stepSize(), scala(1e-5, 0.02)).build();
    TrainValidationSplitModel model =
        new TrainValidationSplit()
            .setEstimator(regressor)
            .setEvaluator(new RegressionEvaluator().setMetricName("r2"))
            .setEstimatorParamMaps(grid)
            .setTrainRatio(0.7)
            .setSeed(2)
            .setParallelism(2)
            .fit(rows);
    assertThat(model.validationMetrics()[1]).isGreaterThan(0.9);
    assertThat(model.validationMetrics()[0]).isLessThan(model.validationMetrics()[1]);
    rows.unpersist();
  }
}
