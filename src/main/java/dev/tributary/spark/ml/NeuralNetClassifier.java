package dev.tributary.spark.ml;

import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a neural network that predicts a class, in any Spark ML Pipeline.
 *
 * <p>In the place of MLlib's {@code MultilayerPerceptronClassifier} another class name is all that
 * changes:
 *
 * <pre>{@code
 * NeuralNetClassifier classifier = new NeuralNetClassifier()
 *     .setLayers(new int[] {4, 5, 3})
 *     .setMaxIter(100)
 *     .setSeed(1);
 * NeuralNetClassificationModel model = classifier.fit(training);
 * Dataset<Row> predictions = model.transform(test);  // rawPrediction, probability, prediction
 * }</pre>
 *
 * <p>{@code maxIter} counts epochs of mini-batches here, not iterations of L-BFGS over all rows.
 * And any network there is:
 *
 * <pre>{@code
 * new NeuralNetClassifier()
 *     .setNetwork(
 *         NetworkDefinition.input(28, 28, 1)
 *             .convolution(8, 5).relu().maxPool(2).flatten().affine(10))
 *     .setOptimizer("{type = sgd, rate = 0.1, momentum = 0.9}")
 *     .setSchedule("cosine")
 *     .setValidationIndicatorCol("held_out")
 *     .setPatience(3);
 * }</pre>
 *
 * <p>Labels are whole numbers from 0, such as {@code StringIndexer} makes; the network has an
 * output for each, or a single one for two classes with the loss {@code sigmoid_cross_entropy}. The
 * same rows, params and seed give the same bytes on any cluster, and those of the command line's
 * {@code train} for the same job.
 */
public final class NeuralNetClassifier
    extends ProbabilisticClassifier<Vector, NeuralNetClassifier, NeuralNetClassificationModel>
    implements NeuralNetEstimator<NeuralNetClassifier>, DefaultParamsWritable {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(NeuralNetClassifier.class);
  static final String DEFAULT_LOSS = "softmax_cross_entropy";

  private @Nullable String uid;

  /** With a uid of its own. */
  public NeuralNetClassifier() {
    this(Identifiable$.MODULE$.randomUID("nnc"));
  }

  /** With this uid. */
  public NeuralNetClassifier(String uid) {
    this(PendingUid.of(uid));
  }

  private NeuralNetClassifier(PendingUid pending) {
    this.uid = pending.settle();
    setEstimatorDefaults();
  }

  @Override
  public String uid() {
    return uid == null ? PendingUid.current() : uid;
  }

  /**
   * MLlib's choice of how weights move, for programs that make it: {@code gd} is the optimizer
   * {@code sgd} with MLlib's rate of 0.03; {@code l-bfgs} is not there, and leaves the optimizer as
   * it is, with a warning.
   */
  public NeuralNetClassifier setSolver(String value) {
    switch (value) {
      case "gd" -> setOptimizer("{type = sgd, rate = 0.03}");
      case "l-bfgs" ->
          LOG.warn(
              "{}: there is no solver l-bfgs; the optimizer is {}",
              uid(),
              getOrDefault(optimizer()));
      default ->
          throw new IllegalArgumentException(
              uid() + " parameter solver given invalid value " + value + "; known: gd, l-bfgs");
    }
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType out = super.transformSchema(schema);
    Job job = parsed(schema);
    SchemaChecks.classes(schema, getLabelCol(), Math.max(2, job.model().network().output().size()));
    return out;
  }

  private Job parsed(StructType schema) {
    try {
      Job job = FitJob.of(this, getFeaturesCol(), getLabelCol(), true, DEFAULT_LOSS);
      if (!job.model().loss().givesProbabilities() && !getProbabilityCol().isEmpty()) {
        throw new JobException(
            String.format(
                "loss %s gives no probabilities; take softmax_cross_entropy, or leave the column"
                    + " out with setProbabilityCol(\"\")",
                job.model().loss().name()));
      }
      SchemaChecks.fitting(schema, this, job, getFeaturesCol());
      return job;
    } catch (JobException e) {
      throw new IllegalArgumentException(uid() + ": " + e.getMessage(), e);
    }
  }

  @Override
  public NeuralNetClassificationModel train(Dataset<?> dataset) {
    Fitting.Fitted fitted = new Fitting(this, parsed(dataset.schema()), true).fit(dataset);
    return new NeuralNetClassificationModel(uid(), fitted.network()).with(fitted.summary());
  }

  @Override
  public NeuralNetClassifier copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  /** Reads estimators that were saved. */
  public static MLReader<NeuralNetClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads an estimator that was saved. */
  public static NeuralNetClassifier load(String path) {
    return read().load(path);
  }
}
