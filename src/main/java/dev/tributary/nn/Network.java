package dev.tributary.nn;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Layers whose shapes agree, as an acyclic graph (most often a chain), and where each one's
 * parameters lie in the network's flat weights: one {@code float[]} to send, to sum, to save and to
 * hash.
 *
 * <p>Shapes are checked here, once; nothing below checks them again.
 */
public final class Network implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Layers a network may have; random layers key their streams by their place. */
  private static final int MAX_LAYERS = 1 << 12;

  /**
   * Where one parameter lies.
   *
   * @param layer its layer's place, from 0
   * @param parameter its shape and initializer
   * @param offset its first value in the flat weights
   */
  public record Slice(int layer, Parameter parameter, int offset) implements Serializable {}

  /** What a node reads when it reads the network's own input. */
  public static final int INPUT = -1;

  /**
   * A layer and what it reads.
   *
   * @param layer the layer
   * @param inputs the places of earlier nodes, or {@link #INPUT}, one for each input of the layer
   */
  public record Node(Layer layer, List<Integer> inputs) implements Serializable {
    /** Copies the list. */
    public Node {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * Where one state lies.
   *
   * @param layer its layer's place, from 0
   * @param state its size and start
   * @param offset its first value in the flat values
   */
  public record StateSlice(int layer, State state, int offset) implements Serializable {}

  private final Shape input;
  private final List<Node> nodes;
  private final List<Layer> layers;
  private final List<Slice> slices;
  private final int parameterCount;
  private final List<StateSlice> stateSlices;
  private final int valueCount;

  /**
   * A chain: each layer reads the one before.
   *
   * @throws IllegalArgumentException if there are none, or one does not read what the one before
   *     gives; the message names both and their shapes
   */
  public Network(List<? extends Layer> layers) {
    this(
        layers.isEmpty() ? Shape.flat(1) : layers.get(0).input(),
        IntStream.range(0, layers.size())
            .mapToObj(i -> new Node(layers.get(i), List.of(i - 1)))
            .toList());
  }

  /**
   * A graph whose last node's output is the network's.
   *
   * @param input one sample's shape at the entrance
   * @throws IllegalArgumentException if there are no nodes, one does not read what its inputs give,
   *     or nobody reads one but the last; the message names them and their shapes
   */
  public Network(Shape input, List<Node> nodes) {
    if (nodes.isEmpty() || nodes.size() > MAX_LAYERS) {
      throw new IllegalArgumentException(
          "a network has 1 to " + MAX_LAYERS + " layers, not " + nodes.size());
    }
    this.input = input;
    this.nodes = List.copyOf(nodes);
    this.layers = nodes.stream().map(Node::layer).toList();
    boolean[] read = new boolean[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      checkInputs(i, read);
    }
    for (int i = 0; i < nodes.size() - 1; i++) {
      if (!read[i]) {
        throw new IllegalArgumentException(
            "nobody reads layer " + i + ", " + layers.get(i).describe() + "; leave it out");
      }
    }
    List<Slice> all = new ArrayList<>();
    long offset = 0;
    for (int i = 0; i < layers.size(); i++) {
      for (Parameter parameter : layers.get(i).parameters()) {
        all.add(new Slice(i, parameter, (int) offset));
        offset += parameter.size();
        if (offset > Integer.MAX_VALUE - 8) {
          throw new IllegalArgumentException(
              "the network has over 2^31 parameters by layer " + i + ", more than one array holds");
        }
      }
    }
    this.slices = List.copyOf(all);
    this.parameterCount = (int) offset;
    List<StateSlice> states = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      for (State state : layers.get(i).states()) {
        states.add(new StateSlice(i, state, (int) offset));
        offset = Math.addExact((int) offset, state.size());
      }
    }
    this.stateSlices = List.copyOf(states);
    this.valueCount = (int) offset;
  }

  private void checkInputs(int i, boolean[] read) {
    Layer layer = layers.get(i);
    List<Integer> from = nodes.get(i).inputs();
    if (from.size() != layer.inputs().size()) {
      throw new IllegalArgumentException(
          String.format(
              "layer %d, %s, has %d inputs, but is given %d",
              i, layer.describe(), layer.inputs().size(), from.size()));
    }
    for (int k = 0; k < from.size(); k++) {
      int source = from.get(k);
      if (source < INPUT || source >= i) {
        throw new IllegalArgumentException(
            "layer " + i + ", " + layer.describe() + ", can only read layers before it");
      }
      checkFit(i, layer.inputs().get(k), source);
      if (source != INPUT) {
        read[source] = true;
      }
    }
  }

  private void checkFit(int i, Shape reads, int source) {
    Shape gives = source == INPUT ? input : layers.get(source).output();
    if (!reads.equals(gives)) {
      throw new IllegalArgumentException(
          String.format(
              "layer %d, %s, reads %s, but %s gives %s",
              i,
              layers.get(i).describe(),
              words(reads),
              source == INPUT
                  ? "the network's input"
                  : "layer " + source + ", " + layers.get(source).describe() + ",",
              words(gives)));
    }
  }

  private static String words(Shape shape) {
    return shape.isImage()
        ? "images of " + shape + " (height x width x channels)"
        : shape + " features";
  }

  /** The layers with what they read, first to last. */
  public List<Node> nodes() {
    return nodes;
  }

  /** The layers, first to last. */
  public List<Layer> layers() {
    return layers;
  }

  /** Where each parameter lies in the flat weights, in order. */
  public List<Slice> slices() {
    return slices;
  }

  /** Where each state lies in the flat values, behind the weights. */
  public List<StateSlice> stateSlices() {
    return stateSlices;
  }

  /** Weights and, behind them in one array, state. */
  public int valueCount() {
    return valueCount;
  }

  /** Values in the flat weights. */
  public int parameterCount() {
    return parameterCount;
  }

  /** One sample's shape at the entrance. */
  public Shape input() {
    return input;
  }

  /** One sample's shape at the exit. */
  public Shape output() {
    return layers.get(layers.size() - 1).output();
  }

  /** New weights, and state behind them: a function of the network and the seed alone. */
  public float[] initialValues(long seed) {
    float[] weights = new float[valueCount];
    for (StateSlice s : stateSlices) {
      Arrays.fill(weights, s.offset(), s.offset() + s.state().size(), s.state().initial());
    }
    for (int i = 0; i < slices.size(); i++) {
      Parameter p = slices.get(i).parameter();
      Philox random = Philox.stream(seed, Purpose.INITIALIZATION, 0, i);
      p.initializer()
          .fill(weights, slices.get(i).offset(), p.size(), p.fanIn(), p.fanOut(), random);
    }
    return weights;
  }

  /**
   * Moves the state by a step.
   *
   * @param values the flat values; the state in them is changed
   * @param means what the step's samples say the state should be, in the same places
   */
  public void moveState(float[] values, float[] means) {
    moveState(values, means, 0);
  }

  /**
   * The same where the arrays are a part of the flat values.
   *
   * @param from the first value's place among all
   */
  public void moveState(float[] values, float[] means, int from) {
    for (StateSlice s : stateSlices) {
      float momentum = (float) s.state().momentum();
      int end = Math.min(values.length, s.offset() + s.state().size() - from);
      for (int i = Math.max(0, s.offset() - from); i < end; i++) {
        values[i] = (1 - momentum) * values[i] + momentum * means[i];
      }
    }
  }

  /** A table of the layers, a line each: what it is, what it gives, how many parameters it has. */
  public String table() {
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      int parameters = layer.parameters().stream().mapToInt(Parameter::size).sum();
      table.append(
          String.format(
              "%3d  %-52s %10s %,12d%n",
              i, layer.describe() + reads(i), layer.output(), parameters));
    }
    return table
        .append(String.format("     %-63s %,12d%n", "parameters", parameterCount))
        .toString();
  }

  /** Values that {@link Execution} keeps for each sample of a batch in training. */
  public long valuesPerSample() {
    return Memory.valuesPerSample(this);
  }

  /** What a layer reads, in words, unless it is the one before. */
  private String reads(int i) {
    List<Integer> from = nodes.get(i).inputs();
    if (from.equals(List.of(i - 1))) {
      return "";
    }
    return from.stream()
        .map(k -> k == INPUT ? "input" : Integer.toString(k))
        .collect(Collectors.joining(", ", " of ", ""));
  }
}
