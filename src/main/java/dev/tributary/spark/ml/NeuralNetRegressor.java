package dev.tributary.spark.ml;

import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.train.metrics.Task;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a neural network that predicts a number, or several, in any Spark ML Pipeline.
 *
 * <pre>{@code
 * NeuralNetRegressionModel model = new NeuralNetRegressor()
 *     .setNetwork(NetworkDefinition.input(6).affine(64).relu().affine(1))
 *     .setPrepare("standardize")
 *     .setMaxIter(20)
 *     .fit(training);
 * new RegressionEvaluator().setMetricName("r2").evaluate(model.transform(test));
 * }</pre>
 *
 * <p>With one output the label is a number, and so is the prediction. With more, label and
 * prediction are vectors of as many numbers (the label may be an array):
 *
 * <pre>{@code
 * new NeuralNetRegressor()
 *     .setLabelCol("position") // a vector of 2
 *     .setNetwork(NetworkDefinition.input(6).affine(64).relu().affine(2));
 * }</pre>
 *
 * <p>The loss is {@code squared_error}, or by {@code setLoss} another for numbers: {@code
 * absolute_error}, {@code huber}.
 */
public final class NeuralNetRegressor
    extends Regressor<Vector, NeuralNetRegressor, NeuralNetRegressionModel>
    implements NeuralNetEstimator<NeuralNetRegressor>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final String DEFAULT_LOSS = "squared_error";

  private @Nullable String uid;

  /** With a uid of its own. */
  public NeuralNetRegressor() {
    this(Identifiable$.MODULE$.randomUID("nnr"));
  }

  /** With this uid. */
  public NeuralNetRegressor(String uid) {
    this(PendingUid.of(uid));
  }

  private NeuralNetRegressor(PendingUid pending) {
    this.uid = pending.settle();
    setEstimatorDefaults();
  }

  @Override
  public String uid() {
    return uid == null ? PendingUid.current() : uid;
  }

  private Job parsed() {
    try {
      Job job = FitJob.of(this, getFeaturesCol(), getLabelCol(), false, DEFAULT_LOSS);
      int outputs = job.model().network().output().size();
      if (Task.of(job.model().loss(), outputs, outputs) != Task.NUMBERS) {
        throw new JobException(
            String.format(
                "loss %s is not one for numbers; take squared_error, absolute_error or huber",
                job.model().loss().name()));
      }
      return job;
    } catch (JobException e) {
      throw new IllegalArgumentException(uid() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public StructType validateAndTransformSchema(
      StructType schema, boolean fitting, DataType featuresType) {
    Job job = parsed();
    StructType out =
        job.model().network().output().size() == 1
            ? super.validateAndTransformSchema(schema, fitting, featuresType)
            : NumberColumns.schema(
                schema, getFeaturesCol(), fitting ? getLabelCol() : null, getPredictionCol());
    SchemaChecks.fitting(schema, this, job, getFeaturesCol());
    return out;
  }

  /** Trains; Spark ML's own way would make a number of the label, which may be a vector here. */
  @Override
  public NeuralNetRegressionModel fit(Dataset<?> dataset) {
    if (parsed().model().network().output().size() == 1) {
      return super.fit(dataset);
    }
    transformSchema(dataset.schema());
    return copyValues(train(dataset).setParent(this), ParamMap.empty());
  }

  @Override
  public NeuralNetRegressionModel train(Dataset<?> dataset) {
    Fitting.Fitted fitted = new Fitting(this, parsed(), false).fit(dataset);
    return new NeuralNetRegressionModel(uid(), fitted.network()).with(fitted.summary());
  }

  @Override
  public NeuralNetRegressor copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads estimators that were saved. */
  public static MLReader<NeuralNetRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads an estimator that was saved. */
  public static NeuralNetRegressor load(String path) {
    return read().load(path);
  }
}
