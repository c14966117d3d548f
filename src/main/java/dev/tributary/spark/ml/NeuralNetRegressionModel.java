package dev.tributary.spark.ml;

import dev.tributary.train.metrics.Task;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A network that predicts numbers; see {@link NeuralNetRegressor}.
 *
 * <pre>{@code
 * double price = model.predict(Vectors.dense(120, 4, 1987, 2, 0, 1));   // of one output
 * Vector position = model.predictVector(features);                      // of several
 * model.evaluate(dataset).get("r2");
 * }</pre>
 */
public final class NeuralNetRegressionModel
    extends RegressionModel<Vector, NeuralNetRegressionModel>
    implements ScoringParams<NeuralNetRegressionModel>, TrainedStage, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid;
  private final TrainedNetwork network;
  private transient @Nullable NeuralNetTrainingSummary summary;

  NeuralNetRegressionModel(String uid, TrainedNetwork network) {
    this(PendingUid.of(uid), network);
  }

  private NeuralNetRegressionModel(PendingUid pending, TrainedNetwork network) {
    this.uid = pending.settle();
    this.network = network;
    setScoringDefaults();
  }

  NeuralNetRegressionModel with(@Nullable NeuralNetTrainingSummary fits) {
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
  public int numFeatures() {
    return network.inputs();
  }

  /** Numbers in a prediction. */
  public int numOutputs() {
    return network.outputs();
  }

  /**
   * The number predicted for one sample.
   *
   * @throws UnsupportedOperationException if the model predicts several
   */
  @Override
  public double predict(Vector features) {
    if (numOutputs() > 1) {
      throw new UnsupportedOperationException(
          uid() + " predicts " + numOutputs() + " numbers for a row; call predictVector");
    }
    return network.predict(features, getFeaturesCol()).raw()[0];
  }

  /** The numbers predicted for one sample. */
  public Vector predictVector(Vector features) {
    float[] raw = network.predict(features, getFeaturesCol()).raw();
    return Vectors.dense(new NumberColumns(numOutputs()).values(raw, 0));
  }

  @Override
  public StructType validateAndTransformSchema(
      StructType schema, boolean fitting, DataType featuresType) {
    StructType out =
        numOutputs() == 1
            ? super.validateAndTransformSchema(schema, fitting, featuresType)
            : NumberColumns.schema(schema, getFeaturesCol(), null, getPredictionCol());
    SchemaChecks.width(schema, getFeaturesCol(), numFeatures());
    return out;
  }

  @Override
  public Dataset<Row> transformImpl(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    return BatchScorer.transform(
        dataset,
        network,
        this,
        getFeaturesCol(),
        new NumberColumns(numOutputs()),
        List.of(schema.apply(getPredictionCol())));
  }

  /**
   * The model's metrics on rows whose numbers are known: {@code rmse}, {@code mae}, {@code r2},
   * {@code loss}.
   *
   * @throws IllegalArgumentException if a row is no sample
   */
  public Map<String, Double> evaluate(Dataset<?> dataset) {
    return ModelEvaluation.of(dataset, network, this, getFeaturesCol(), getLabelCol(), false);
  }

  /** Sets the column of known numbers that {@link #evaluate} reads. */
  public NeuralNetRegressionModel setLabelCol(String value) {
    return ParamAccess.set(this, labelCol(), value);
  }

  @Override
  public NeuralNetRegressionModel copy(ParamMap extra) {
    NeuralNetRegressionModel copy = new NeuralNetRegressionModel(uid(), network).with(summary);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, network);
  }

  /** Reads models: those of an estimator, run directories and model directories. */
  public static MLReader<NeuralNetRegressionModel> read() {
    return new ModelReader<>(
        NeuralNetRegressionModel.class, Task.NUMBERS, NeuralNetRegressionModel::new);
  }

  /** Reads a model: one of an estimator, a run directory or a model directory. */
  public static NeuralNetRegressionModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return String.format(
        "NeuralNetRegressionModel: uid=%s, numLayers=%d, numOutputs=%d, numFeatures=%d",
        uid(), network.objective().network().layers().size(), numOutputs(), numFeatures());
  }
}
