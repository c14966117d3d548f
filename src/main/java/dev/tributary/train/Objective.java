package dev.tributary.train;

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
 */
public record Objective(Network network, Loss loss, EngineProvider engine, long seed)
    implements Serializable {

  /** The same on another engine. */
  public Objective on(EngineProvider other) {
    return new Objective(network, loss, other, seed);
  }

  /** The network on a new engine, for the calling thread. */
  public Execution open() {
    return new Execution(network, engine.open());
  }
}
