package dev.tributary.spark.ml;

import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.train.metrics.Task;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a neural network that says, for each of several labels, yes or no.
 *
 * <pre>{@code
 * NeuralNetMultilabelModel model = new NeuralNetMultilabelClassifier()
 *     .setLabelCol("topics")     // vectors or arrays of 0 and 1, one number for each label
 *     .setNetwork(NetworkDefinition.input(300).affine(128).relu().affine(20))
 *     .fit(training);
 * model.transform(test);         // rawPrediction, probability, prediction: vectors of 20
 * }</pre>
 *
 * <p>The loss is {@code sigmoid_cross_entropy}, each output by itself; the network has two or more.
 */
public final class NeuralNetMultilabelClassifier extends Estimator<NeuralNetMultilabelModel>
    implements NeuralNetEstimator<NeuralNetMultilabelClassifier>,
        MultilabelParams<NeuralNetMultilabelClassifier>,
        DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final String DEFAULT_LOSS = "sigmoid_cross_entropy";

  private @Nullable String uid;

  /** With a uid of its own. */
  public NeuralNetMultilabelClassifier() {
    this(Identifiable$.MODULE$.randomUID("nnmc"));
  }

  /** With this uid. */
  public NeuralNetMultilabelClassifier(String uid) {
    this(PendingUid.of(uid));
  }

  private NeuralNetMultilabelClassifier(PendingUid pending) {
    this.uid = pending.settle();
    setEstimatorDefaults();
    setMultilabelDefaults();
  }

  @Override
  public String uid() {
    return uid == null ? PendingUid.current() : uid;
  }

  private Job parsed() {
    try {
      Job job = FitJob.of(this, getFeaturesCol(), getLabelCol(), false, DEFAULT_LOSS);
      int outputs = job.model().network().output().size();
      if (Task.of(job.model().loss(), outputs, outputs) != Task.LABELS) {
        throw new JobException(
            String.format(
                "loss %s with %d outputs does not say yes or no to several labels; take"
                    + " sigmoid_cross_entropy and an output for each label",
                job.model().loss().name(), outputs));
      }
      return job;
    } catch (JobException e) {
      throw new IllegalArgumentException(uid() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType out = scored(schema);
    SchemaChecks.vectors(schema, getLabelCol(), true);
    SchemaChecks.fitting(schema, this, parsed(), getFeaturesCol());
    return out;
  }

  @Override
  public NeuralNetMultilabelModel fit(Dataset<?> dataset) {
    transformSchema(dataset.schema());
    Fitting.Fitted fitted = new Fitting(this, parsed(), false).fit(dataset);
    NeuralNetMultilabelModel model =
        new NeuralNetMultilabelModel(uid(), fitted.network()).with(fitted.summary());
    return copyValues(model.setParent(this), ParamMap.empty());
  }

  @Override
  public NeuralNetMultilabelClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads estimators that were saved. */
  public static MLReader<NeuralNetMultilabelClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads an estimator that was saved. */
  public static NeuralNetMultilabelClassifier load(String path) {
    return read().load(path);
  }
}
