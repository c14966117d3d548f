package dev.tributary.train;

import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.engine.EngineProvider;
import dev.tributary.nn.Execution;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Wire;
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
 * @param wire what weights and gradients are rounded to
 */
public record Objective(
    Network network,
    Loss loss,
    EngineProvider engine,
    long seed,
    Preparation preparation,
    Augmentation augmentation,
    Wire wire)
    implements Serializable {

  /** The network reads features as they are. */
  public Objective(Network network, Loss loss, EngineProvider engine, long seed) {
    this(
        network,
        loss,
        engine,
        seed,
        Preparation.none(network.input()),
        Augmentation.NONE,
        Wire.F32);
  }

  /** The same on another engine. */
  public Objective on(EngineProvider other) {
    return new Objective(network, loss, other, seed, preparation, augmentation, wire);
  }

  /** The same of features prepared in another way. */
  public Objective preparedBy(Preparation other) {
    return new Objective(network, loss, engine, seed, other, augmentation, wire);
  }

  /** The same of training samples augmented in another way. */
  public Objective augmentedBy(Augmentation other) {
    return new Objective(network, loss, engine, seed, preparation, other, wire);
  }

  /** The same with weights and gradients rounded to something else. */
  public Objective over(Wire other) {
    return new Objective(network, loss, engine, seed, preparation, augmentation, other);
  }

  /** How many of the network's values, the first ones, are rounded to bfloat16. */
  public int rounded() {
    return wire.rounded(network.parameterCount());
  }

  /** The network on a new engine, for the calling thread. */
  public Execution open() {
    return new Execution(network, engine.open());
  }
}
