package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The buffers of a network's values and derivatives for up to a number of samples, laid out once.
 *
 * <p>A node that one other reads has that one's dx as its dy; a node that several read has a dy of
 * its own, to which their dx are added, in the order of the readers, before it goes backward. Below
 * the first layer with parameters nobody asks for a derivative.
 */
final class Memory {
  /** A node's dy that must be added up from what its readers leave. */
  private record Junction(Buffer sum, List<Buffer> parts) {}

  private final Network network;
  private final Engine engine;
  private final int capacity;
  private final Buffer input;
  private final List<Buffer> outputs = new ArrayList<>();
  private final List<Buffer> outputGradients;
  private final List<Optional<Junction>> junctions;

  /**
   * Lays out and binds every frame.
   *
   * @param derivatives which ones are wanted
   */
  Memory(
      Network network, Engine engine, List<Frame> frames, int capacity, Derivatives derivatives) {
    this.network = network;
    this.engine = engine;
    this.capacity = capacity;
    int count = network.nodes().size();
    this.input = allocate(network.input().size());
    this.outputGradients = new ArrayList<>(Collections.nCopies(count, input));
    this.junctions = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
    for (Network.Node node : network.nodes()) {
      outputs.add(
          node.layer().reshapesOnly()
              ? output(node.inputs().get(0))
              : allocate(node.layer().output().size()));
    }
    boolean[] wanted = wanted(network, derivatives);
    List<List<Buffer>> received = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      received.add(new ArrayList<>());
    }
    for (int i = count - 1; i >= 0; i--) {
      bind(frames.get(i), i, derivatives, wanted, received);
    }
  }

  /**
   * The values that this layout takes for a sample in training, what layers leave for backward
   * included.
   */
  static long valuesPerSample(Network network) {
    boolean[] wanted = wanted(network, Derivatives.BY_PARAMETERS);
    int[] readers = new int[network.nodes().size()];
    long values = network.input().size();
    for (int i = 0; i < readers.length; i++) {
      Network.Node node = network.nodes().get(i);
      boolean moves = !node.layer().reshapesOnly();
      values += node.layer().workspace() + (moves ? node.layer().output().size() : 0);
      for (int k = 0; k < node.inputs().size(); k++) {
        int source = node.inputs().get(k);
        if (source != Network.INPUT && wanted[source]) {
          readers[source]++;
          values += moves ? node.layer().inputs().get(k).size() : 0;
        }
      }
    }
    for (int i = 0; i < readers.length; i++) {
      values += readers[i] == 1 ? 0 : network.nodes().get(i).layer().output().size();
    }
    return values;
  }

  /**
   * Whether a derivative by a node's output is of use: for the parameters', it is if the node, or
   * one below it, has some.
   */
  private static boolean[] wanted(Network network, Derivatives derivatives) {
    boolean[] wanted = new boolean[network.nodes().size()];
    for (int i = 0; i < wanted.length; i++) {
      Network.Node node = network.nodes().get(i);
      wanted[i] =
          switch (derivatives) {
            case NONE -> false;
            case BY_PARAMETERS -> !node.layer().parameters().isEmpty();
            case BY_EVERYTHING -> true;
          };
      for (int source : node.inputs()) {
        wanted[i] |= source != Network.INPUT && wanted[source];
      }
    }
    return wanted;
  }

  private void bind(
      Frame frame, int i, Derivatives derivatives, boolean[] wanted, List<List<Buffer>> received) {
    Network.Node node = network.nodes().get(i);
    Layer layer = node.layer();
    Buffer dy = outputGradient(i, received.get(i));
    List<Buffer> x = new ArrayList<>();
    List<Optional<Buffer>> dx = new ArrayList<>();
    for (int k = 0; k < node.inputs().size(); k++) {
      int source = node.inputs().get(k);
      x.add(output(source));
      boolean ofUse =
          source == Network.INPUT ? derivatives == Derivatives.BY_EVERYTHING : wanted[source];
      if (!ofUse) {
        dx.add(Optional.empty());
        continue;
      }
      Buffer part = layer.reshapesOnly() ? dy : allocate(layer.inputs().get(k).size());
      dx.add(Optional.of(part));
      // Readers are met last to first; their order in a sum is first to last.
      if (source != Network.INPUT) {
        received.get(source).add(0, part);
      }
    }
    int work = Math.multiplyExact(capacity, layer.workspace()) + layer.sharedWorkspace();
    frame.bindInputs(x, dx);
    frame.bindOutput(outputs.get(i), dy, work > 0 ? engine.allocate(work) : null);
    outputGradients.set(i, dy);
  }

  private Buffer outputGradient(int i, List<Buffer> received) {
    if (received.size() == 1) {
      return received.get(0);
    }
    Buffer own = allocate(network.nodes().get(i).layer().output().size());
    if (received.size() > 1) {
      junctions.set(i, Optional.of(new Junction(own, List.copyOf(received))));
    }
    return own;
  }

  private Buffer output(int node) {
    return node == Network.INPUT ? input : outputs.get(node);
  }

  private Buffer allocate(int valuesPerSample) {
    return engine.allocate(Math.multiplyExact(capacity, valuesPerSample));
  }

  /** Where the network's input goes. */
  Buffer input() {
    return input;
  }

  /** Where the derivative by the network's output goes. */
  Buffer outputGradient() {
    return outputGradients.get(outputGradients.size() - 1);
  }

  /**
   * Adds up node i's dy for n samples, if several nodes read it; to be called before it goes
   * backward.
   */
  void join(int i, int n) {
    Junction junction = junctions.get(i).orElse(null);
    if (junction == null) {
      return;
    }
    int values = n * network.nodes().get(i).layer().output().size();
    List<Buffer> parts = junction.parts();
    engine.add(values, parts.get(0), parts.get(1), junction.sum());
    for (Buffer part : parts.subList(2, parts.size())) {
      engine.add(values, junction.sum(), part, junction.sum());
    }
  }
}
