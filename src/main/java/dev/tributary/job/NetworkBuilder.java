package dev.tributary.job;

import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network as it grows, layer by layer: a layer reads the one before it unless it names others.
 */
final class NetworkBuilder {
  /** The name of the network's own input. */
  private static final String INPUT = "input";

  private final Shape input;
  private final List<Network.Node> nodes = new ArrayList<>();
  private final List<Tensor.Tuning> tunings = new ArrayList<>();
  private final Map<String, Integer> names = new HashMap<>();
  private int last = Network.INPUT;

  NetworkBuilder(Shape input) {
    this.input = input;
    names.put(INPUT, Network.INPUT);
  }

  /** The place of the layer that the next one reads. */
  int last() {
    return last;
  }

  /** Makes the next layer read this one. */
  void continueFrom(int node) {
    last = node;
  }

  /** What a layer gives. */
  Shape shape(int node) {
    return node == Network.INPUT ? input : nodes.get(node).layer().output();
  }

  /** Adds a layer that reads these and asks for that. */
  void add(Layer layer, List<Integer> inputs, Tensor.Tuning tuning) {
    nodes.add(new Network.Node(layer, inputs));
    tunings.add(tuning);
    last = nodes.size() - 1;
  }

  /** Names the last layer. */
  void name(String name) {
    if (names.putIfAbsent(name, last) != null) {
      throw new IllegalArgumentException("the name \"" + name + "\" is taken already");
    }
  }

  /** The place of a layer by its name. */
  int named(String name) {
    Integer node = names.get(name);
    if (node == null) {
      throw new IllegalArgumentException(
          "no layer before this one is named \""
              + name
              + "\""
              + Section.suggestion(name, names.keySet().stream().sorted().toList()));
    }
    return node;
  }

  /** What each layer asks for its weights, in order. */
  List<Tensor.Tuning> tunings() {
    return List.copyOf(tunings);
  }

  Network build() {
    return new Network(input, nodes);
  }
}
