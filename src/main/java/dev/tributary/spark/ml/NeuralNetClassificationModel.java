package dev.tributary.spark.ml;

import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A network that predicts a class; see {@link NeuralNetClassifier}.
 *
 * <pre>{@code
 * model.transform(dataset);                    // a batch of rows at a time, on streams too
 * model.predict(Vectors.dense(5.1, 3.5, 1.4, 0.2));
 * model.evaluate(dataset).get("accuracy");
 * model.write().overwrite().save("hdfs:///models/iris");
 * NeuralNetClassificationModel.load("runs/digits");   // of the command line
 * }</pre>
 */
public final class NeuralNetClassificationModel
    extends ProbabilisticClassificationModel<Vector, NeuralNetClassificationModel>
    implements ScoringParams<NeuralNetClassificationModel>, TrainedStage, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid;
  private final TrainedNetwork network;
  private transient @Nullable NeuralNetTrainingSummary summary;

  NeuralNetClassificationModel(String uid, TrainedNetwork network) {
    this(PendingUid.of(uid), network);
  }

  private NeuralNetClassificationModel(PendingUid pending, TrainedNetwork network) {
    this.uid = pending.settle();
    this.network = network;
    setScoringDefaults();
  }

  NeuralNetClassificationModel with(@Nullable NeuralNetTrainingSummary fits) {
    summary = fits;
    return this;
  }

  @Override
  public String uid() {
    return uid == null ? PendingUid.current() : uid;
  }

  @Override
  public TrainedNetwork trained() {
    return network;
  }

  @Override
  public @Nullable NeuralNetTrainingSummary summaryOrNull() {
    return summary;
  }

  @Override
  public int numClasses() {
    return Math.max(2, network.outputs());
  }

  @Override
  public int numFeatures() {
    return network.inputs();
  }

  private ClassColumns columns(boolean raw, boolean probability, boolean prediction) {
    double @Nullable [] thresholds = isDefined(thresholds()) ? getThresholds() : null;
    return new ClassColumns(network.outputs(), raw, probability, prediction, thresholds);
  }

  @Override
  public Vector predictRaw(Vector features) {
    PredictorPool.Outputs outputs = network.predict(features, getFeaturesCol());
    return Vectors.dense(columns(true, false, false).confidences(outputs.raw(), 0));
  }

  @Override
  public Vector raw2probabilityInPlace(Vector raw) {
    double[] values = ((DenseVector) raw).values();
    int outputs = network.outputs();
    float[] floats = new float[outputs];
    for (int j = 0; j < outputs; j++) {
      floats[j] = (float) values[outputs == 1 ? 1 : j];
    }
    network.objective().loss().toProbabilities(1, outputs, floats);
    double[] chances = columns(false, true, false).chances(floats, 0);
    System.arraycopy(chances, 0, values, 0, values.length);
    return raw;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType out = super.transformSchema(schema);
    SchemaChecks.width(schema, getFeaturesCol(), numFeatures());
    if (!network.objective().loss().givesProbabilities() && !getProbabilityCol().isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              "%s: its loss, %s, gives no probabilities; leave the column out with"
                  + " setProbabilityCol(\"\")",
              uid(), network.objective().loss().name()));
    }
    return out;
  }

  /**
   * Adds raw predictions, probabilities and the class chosen, those whose columns have names; a
   * batch of {@code blockSize} rows goes through the network at once.
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    if (isDefined(thresholds()) && getThresholds().length != numClasses()) {
      throw new IllegalArgumentException(
          String.format(
              "%s.transform() called with non-matching numClasses and thresholds.length."
                  + " numClasses=%d, but thresholds has length %d",
              getClass().getSimpleName(), numClasses(), getThresholds().length));
    }
    List<StructField> added = new ArrayList<>();
    for (String name : List.of(getRawPredictionCol(), getProbabilityCol(), getPredictionCol())) {
      if (!name.isEmpty()) {
        added.add(schema.apply(name));
      }
    }
    ClassColumns columns =
        columns(
            !getRawPredictionCol().isEmpty(),
            !getProbabilityCol().isEmpty(),
            !getPredictionCol().isEmpty());
    return BatchScorer.transform(dataset, network, this, getFeaturesCol(), columns, added);
  }

  /**
   * The model's metrics on labelled rows, such as {@code accuracy}, {@code loss}, {@code macro_f1}.
   *
   * @throws IllegalArgumentException if a row is no sample
   */
  public Map<String, Double> evaluate(Dataset<?> dataset) {
    return ModelEvaluation.of(dataset, network, this, getFeaturesCol(), getLabelCol(), true);
  }

  /**
   * The model with the columns that Spark's own summaries read, and their names.
   *
   * <p>Overridden because javac finds the two that are inherited, whose types differ by their
   * parameters alone, to clash.
   */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public scala.Tuple3 findSummaryModel() {
    NeuralNetClassificationModel model = copy(ParamMap.empty());
    if (getProbabilityCol().isEmpty() && network.objective().loss().givesProbabilities()) {
      model.setProbabilityCol("probability_" + java.util.UUID.randomUUID());
    }
    if (getPredictionCol().isEmpty()) {
      model.setPredictionCol("prediction_" + java.util.UUID.randomUUID());
    }
    return new scala.Tuple3(model, model.getProbabilityCol(), model.getPredictionCol());
  }

  /** Sets the column of labels that {@link #evaluate} reads. */
  public NeuralNetClassificationModel setLabelCol(String value) {
    return ParamAccess.set(this, labelCol(), value);
  }

  @Override
  public NeuralNetClassificationModel copy(ParamMap extra) {
    NeuralNetClassificationModel copy =
        new NeuralNetClassificationModel(uid(), network).with(summary);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, network);
  }

  /** Reads models: those of an estimator, run directories and model directories. */
  public static MLReader<NeuralNetClassificationModel> read() {
    return new ModelReader<>(
        NeuralNetClassificationModel.class, Task.CLASSES, NeuralNetClassificationModel::new);
  }

  /** Reads a model: one of an estimator, a run directory or a model directory. */
  public static NeuralNetClassificationModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return String.format(
        "NeuralNetClassificationModel: uid=%s, numLayers=%d, numClasses=%d, numFeatures=%d",
        uid(), network.objective().network().layers().size(), numClasses(), numFeatures());
  }
}
