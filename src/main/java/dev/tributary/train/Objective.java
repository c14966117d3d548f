package dev.tributary.train;

import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.engine.EngineProvider;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import java.io.Serializable;

/**
 * What a shard's gradient is a function of, besides the weights, the step and the shard.
 *
 * @param network the network
 * @param loss what is made small
 * @param engine what computes
 * @param seed keys all randomness
 * @param preparation what is done to features before the network reads them
 * @param augmentation what is done to training samples before, and to no others
 */
public record Objective(
    Network network,
    Loss loss,
    EngineProvider engine,
    long seed,
    Preparation preparation,
    Augmentation augmentation)
    implements Serializable {

  /** The network reads features as they are. */
  public Objective(Network network, Loss loss, EngineProvider engine, long seed) {
    this(network, loss, engine, seed, Preparation.none(network.input()), Augmentation.NONE);
  }

  /** The same on another engine. */
  public Objective on(EngineProvider other) {
    return new Objective(network, loss, other, seed, preparation, augmentation);
  }

  /** The same of features prepared in another way. */
  public Objective preparedBy(Preparation other) {
    return new Objective(network, loss, engine, seed, other, augmentation);
  }

  /** The same of training samples augmented in another way. */
  public Objective augmentedBy(Augmentation other) {
    return new Objective(network, loss, engine, seed, preparation, other);
  }

  /** The network on a new engine, for the calling thread. */
  public Execution open() {
    return new Execution(network, engine.open());
  }
}
