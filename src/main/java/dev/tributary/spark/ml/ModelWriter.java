package dev.tributary.spark.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/**
 * Saves a model: Spark's {@code metadata/}, and beside it what a run leaves, {@code model/} and
 * {@code job.conf}, so that the command line reads it too.
 */
final class ModelWriter extends MLWriter {
  private final Params model;
  private final TrainedNetwork network;

  ModelWriter(Params model, TrainedNetwork network) {
    this.model = model;
    this.network = network;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(model, path, sparkSession());
    try {
      network.save(path, sparkSession().sessionState().newHadoopConf());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save the model to " + path, e);
    }
  }
}
