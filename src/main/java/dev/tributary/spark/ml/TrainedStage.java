package dev.tributary.spark.ml;

import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.jspecify.annotations.Nullable;

/** What every model tells of itself. */
public interface TrainedStage {
  /** The network with its weights. */
  TrainedNetwork trained();

  /** How the fit went; null for a model that was loaded. */
  @Nullable NeuralNetTrainingSummary summaryOrNull();

  /** Whether there is a {@link #summary}: a model that was loaded has none. */
  default boolean hasSummary() {
    return summaryOrNull() != null;
  }

  /**
   * How the fit went.
   *
   * @throws IllegalStateException for a model that was loaded; {@link #provenance} tells of its fit
   */
  default NeuralNetTrainingSummary summary() {
    NeuralNetTrainingSummary summary = summaryOrNull();
    if (summary == null) {
      throw new IllegalStateException(
          "No training summary available for this " + getClass().getSimpleName());
    }
    return summary;
  }

  /** The flat weights, and running statistics behind them, as {@code initialWeights} takes them. */
  default Vector weights() {
    float[] weights = trained().weights();
    double[] values = new double[weights.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = weights[i];
    }
    return Vectors.dense(values);
  }

  /** The network, as a job file's section, in JSON. */
  default String network() {
    return trained().network();
  }

  /** Where the model came from, as JSON: versions, data, metrics, the weights' SHA-256. */
  default String provenance() {
    return trained().provenance();
  }

  /** The text of the job that made the model; empty where that is not known. */
  default String job() {
    return trained().job();
  }
}
