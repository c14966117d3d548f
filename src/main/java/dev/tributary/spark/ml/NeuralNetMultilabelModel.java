package dev.tributary.spark.ml;

import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Model;
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
 * A network that says yes or no to several labels; see {@link NeuralNetMultilabelClassifier}.
 *
 * <pre>{@code
 * Vector said = model.predict(features);              // 0 and 1, one for each label
 * model.evaluate(dataset).get("micro_f1");
 * NeuralNetMultilabelModel.load("runs/digit-pairs");  // of the command line
 * }</pre>
 */
public final class NeuralNetMultilabelModel extends Model<NeuralNetMultilabelModel>
    implements ScoringParams<NeuralNetMultilabelModel>,
        MultilabelParams<NeuralNetMultilabelModel>,
        TrainedStage,
        MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid;
  private final TrainedNetwork network;
  private transient @Nullable NeuralNetTrainingSummary summary;

  NeuralNetMultilabelModel(String uid, TrainedNetwork network) {
    this(PendingUid.of(uid), network);
  }

  private NeuralNetMultilabelModel(PendingUid pending, TrainedNetwork network) {
    this.uid = pending.settle();
    this.network = network;
    setScoringDefaults();
    setMultilabelDefaults();
  }

  NeuralNetMultilabelModel with(@Nullable NeuralNetTrainingSummary fits) {
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

  /** Labels that it says yes or no to. */
  public int numLabels() {
    return network.outputs();
  }

  /** Numbers in a sample. */
  public int numFeatures() {
    return network.inputs();
  }

  private LabelColumns columns(boolean raw, boolean probability, boolean prediction) {
    double threshold = (Double) getOrDefault(threshold());
    return new LabelColumns(numLabels(), raw, probability, prediction, threshold);
  }

  /** 1 for each label that is predicted for one sample, 0 for the others. */
  public Vector predict(Vector features) {
    PredictorPool.Outputs outputs = network.predict(features, getFeaturesCol());
    return Vectors.dense(columns(false, false, true).said(outputs.probabilities(), 0));
  }

  @Override
  public StructType transformSchema(StructType schema) {
    StructType out = scored(schema);
    SchemaChecks.width(schema, getFeaturesCol(), numFeatures());
    return out;
  }

  /** Adds logits, probabilities and predictions, those whose columns have names. */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    List<StructField> added = new ArrayList<>();
    for (String name : List.of(getRawPredictionCol(), getProbabilityCol(), getPredictionCol())) {
      if (!name.isEmpty()) {
        added.add(schema.apply(name));
      }
    }
    LabelColumns columns =
        columns(
            !getRawPredictionCol().isEmpty(),
            !getProbabilityCol().isEmpty(),
            !getPredictionCol().isEmpty());
    return BatchScorer.transform(dataset, network, this, getFeaturesCol(), columns, added);
  }

  /**
   * The model's metrics on labelled rows, such as {@code micro_f1} and {@code exact_match}, at a
   * threshold of 0.5.
   *
   * @throws IllegalArgumentException if a row is no sample
   */
  public Map<String, Double> evaluate(Dataset<?> dataset) {
    return ModelEvaluation.of(dataset, network, this, getFeaturesCol(), getLabelCol(), false);
  }

  @Override
  public NeuralNetMultilabelModel copy(ParamMap extra) {
    NeuralNetMultilabelModel copy = new NeuralNetMultilabelModel(uid(), network).with(summary);
    return copyValues(copy.setParent(parent()), extra);
  }

  @Override
  public MLWriter write() {
    return new ModelWriter(this, network);
  }

  /** Reads models: those of an estimator, run directories and model directories. */
  public static MLReader<NeuralNetMultilabelModel> read() {
    return new ModelReader<>(
        NeuralNetMultilabelModel.class, Task.LABELS, NeuralNetMultilabelModel::new);
  }

  /** Reads a model: one of an estimator, a run directory or a model directory. */
  public static NeuralNetMultilabelModel load(String path) {
    return read().load(path);
  }

  @Override
  public String toString() {
    return String.format(
        "NeuralNetMultilabelModel: uid=%s, numLayers=%d, numLabels=%d, numFeatures=%d",
        uid(), network.objective().network().layers().size(), numLabels(), numFeatures());
  }
}
