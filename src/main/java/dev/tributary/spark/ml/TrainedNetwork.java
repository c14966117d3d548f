package dev.tributary.spark.ml;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.Vocabulary;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.TrainedModel;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.metrics.Task;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What all models hold: a network with its weights, and the texts by which it is saved. It does not
 * change, so copies of a model share it, and the executors' memory of it.
 */
public final class TrainedNetwork implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String network;
  private final String loss;
  private final String preparation;
  private final String provenance;
  private final String job;
  private final Vocabulary vocabulary;
  private final Objective objective;
  private final FloatBlock weights;
  private transient @Nullable PredictorPool one;
  private transient @Nullable Sent sent;

  /** A broadcast, in the context it was made in, for so many rows at once. */
  private record Sent(SparkContext context, int most, Broadcast<PredictorPool> pool) {}

  /**
   * A model as its directory holds it.
   *
   * @param origin where it is from, for messages
   * @param job the text of the job that made it; empty if that is not known
   */
  TrainedNetwork(ModelDirectory model, String origin, String job) {
    TrainedModel trained = TrainedModel.of(model, origin);
    this.network = model.network();
    this.loss = model.loss();
    this.preparation = model.preparation();
    this.provenance = json(model.provenance());
    this.job = job;
    this.vocabulary = trained.vocabulary();
    this.objective = trained.objective();
    this.weights = new FloatBlock(trained.weights());
  }

  /**
   * Reads a saved model, a run directory or a model directory.
   *
   * @throws dev.tributary.format.ModelException if there is none, or it is damaged
   */
  static TrainedNetwork read(String directory, Configuration hadoop) throws IOException {
    ModelDirectory model = ModelDirectory.read(directory, hadoop);
    String job = RunDirectory.open(directory, hadoop).read(RunDirectory.JOB);
    return new TrainedNetwork(model, directory, job);
  }

  /** Writes {@code model/} and {@code job.conf}, as a run leaves them. */
  void save(String directory, Configuration hadoop) throws IOException {
    RunDirectory to = RunDirectory.open(directory, hadoop);
    if (!job.isEmpty()) {
      to.write(RunDirectory.JOB, job);
    }
    to.writeModel(
        new ModelDirectory(
            network,
            loss,
            preparation,
            weights.values(),
            new ObjectMapper().convertValue(tree(provenance), new Names()),
            vocabulary.columns()));
  }

  private static final class Names extends TypeReference<LinkedHashMap<String, Object>> {}

  private static String json(Map<String, ?> values) {
    try {
      return new ObjectMapper().writeValueAsString(values);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("provenance that is no JSON: " + e.getMessage(), e);
    }
  }

  private static com.fasterxml.jackson.databind.JsonNode tree(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(json, e);
    }
  }

  /** The network, loss and preparation, on an engine that runs here. */
  Objective objective() {
    return objective;
  }

  /** The flat weights, and state behind them; this model's own memory. */
  float[] weights() {
    return weights.values();
  }

  /** The network section of a job file, as JSON. */
  String network() {
    return network;
  }

  /** Where it came from, as JSON. */
  String provenance() {
    return provenance;
  }

  /** The job's text; empty if it is not known. */
  String job() {
    return job;
  }

  /** Numbers in a sample, before preparation. */
  int inputs() {
    return objective.preparation().input().size();
  }

  /** Numbers in a prediction. */
  int outputs() {
    return objective.network().output().size();
  }

  /** What its outputs mean, where the data does not make classes of numbers. */
  Task task() {
    return Task.of(objective.loss(), outputs(), outputs());
  }

  /** Writes rows' features for it. */
  FeatureWriter writer(String column) {
    return new FeatureWriter(column, inputs(), objective.preparation().filled());
  }

  /** The model on the executors, sent once for all transforms with this many rows at once. */
  synchronized Broadcast<PredictorPool> send(SparkContext context, int most) {
    if (sent == null || sent.context() != context || sent.most() != most || context.isStopped()) {
      PredictorPool pool = new PredictorPool(objective, weights, most);
      sent = new Sent(context, most, JavaSparkContext.fromSparkContext(context).broadcast(pool));
    }
    return sent.pool();
  }

  /**
   * The outputs of one sample, in this thread.
   *
   * @throws IllegalArgumentException if it is none
   */
  PredictorPool.Outputs predict(@Nullable Object features, String column) {
    return one().predict(features, writer(column), outputs());
  }

  private synchronized PredictorPool one() {
    if (one == null) {
      one = new PredictorPool(objective, weights, 1);
    }
    return one;
  }
}
