package dev.tributary.spark.ml;

import dev.tributary.job.JobException;
import dev.tributary.train.metrics.Task;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import scala.Option;

/**
 * Loads a model that an estimator made, or one of the command line's: a run directory, or a model
 * directory.
 *
 * @param <M> the model's class
 */
final class ModelReader<M extends Params> extends MLReader<M> {
  private final Class<M> type;
  private final Task task;
  private final BiFunction<String, TrainedNetwork, M> constructor;

  ModelReader(Class<M> type, Task task, BiFunction<String, TrainedNetwork, M> constructor) {
    this.type = type;
    this.task = task;
    this.constructor = constructor;
  }

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException if it is a model of another kind
   * @throws dev.tributary.format.ModelException if there is none, or it is damaged
   */
  @Override
  public M load(String path) {
    try {
      Configuration hadoop = sparkSession().sessionState().newHadoopConf();
      Path metadata = new Path(path, "metadata");
      if (!metadata.getFileSystem(hadoop).exists(metadata)) {
        TrainedNetwork network = network(path, hadoop);
        return constructor.apply(Identifiable$.MODULE$.randomUID(type.getSimpleName()), network);
      }
      DefaultParamsReader.Metadata known =
          DefaultParamsReader.loadMetadata(path, sparkSession(), type.getName());
      M model = constructor.apply(known.uid(), network(path, hadoop));
      known.getAndSetParams(model, Option.empty());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the model in " + path, e);
    }
  }

  private TrainedNetwork network(String path, Configuration hadoop) throws IOException {
    TrainedNetwork network;
    try {
      network = TrainedNetwork.read(path, hadoop);
    } catch (JobException e) {
      throw new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
    if (network.task() != task) {
      throw new IllegalArgumentException(
          String.format(
              "%s holds a model with loss %s and %d outputs, which predicts %s, not %s; load it"
                  + " with %s",
              path,
              network.objective().loss().name(),
              network.outputs(),
              words(network.task()),
              words(task),
              loader(network.task())));
    }
    return network;
  }

  private static String words(Task task) {
    return switch (task) {
      case CLASSES -> "a class";
      case LABELS -> "several labels";
      case NUMBERS -> "numbers";
    };
  }

  private static String loader(Task task) {
    return switch (task) {
      case CLASSES -> "NeuralNetClassificationModel";
      case LABELS -> "NeuralNetMultilabelModel";
      case NUMBERS -> "NeuralNetRegressionModel";
    };
  }
}
