package dev.tributary.job;

import dev.tributary.data.Vocabulary;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.ModelException;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Objective;

/**
 * A saved model, ready to be used: its texts made into objects.
 *
 * @param objective its network, loss and preparation, on the fastest engine that runs here
 * @param weights the flat weights, and state behind them
 * @param vocabulary the categories of its categorical columns
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
public record TrainedModel(Objective objective, float[] weights, Vocabulary vocabulary) {
  /**
   * The model of a directory.
   *
   * @param origin the directory, for messages
   * @throws ModelException if its files are not of one model
   */
  public static TrainedModel of(ModelDirectory model, String origin) {
    String file = origin + "/model.json";
    Network network = Assembly.network(model.network(), file);
    if (network.valueCount() != model.weights().length) {
      throw new ModelException(
          String.format(
              "%s: the network of model.json has %,d values, but there are %,d in weights.bin; the"
                  + " files are not of one model",
              origin, network.valueCount(), model.weights().length));
    }
    Objective objective =
        new Objective(
            network,
            Assembly.loss(model.loss(), file),
            Assembly.engine(),
            0,
            PreparationAssembly.preparation(model.preparation(), file, network.input()),
            Augmentation.NONE,
            Wire.F32);
    return new TrainedModel(objective, model.weights(), new Vocabulary(model.vocabulary()));
  }
}
