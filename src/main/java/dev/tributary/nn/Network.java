package dev.tributary.nn;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A chain of layers whose shapes agree, and where each one's parameters lie in the network's flat
 * weights: one {@code float[]} to send, to sum, to save and to hash.
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

  private final List<Layer> layers;
  private final List<Slice> slices;
  private final int parameterCount;

  /**
   * A network of these layers.
   *
   * @throws IllegalArgumentException if there are none, or one does not read what the one before
   *     gives; the message names both and their shapes
   */
  public Network(List<? extends Layer> layers) {
    if (layers.isEmpty() || layers.size() > MAX_LAYERS) {
      throw new IllegalArgumentException(
          "a network has 1 to " + MAX_LAYERS + " layers, not " + layers.size());
    }
    this.layers = List.copyOf(layers);
    for (int i = 1; i < layers.size(); i++) {
      checkFit(i);
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
  }

  private void checkFit(int i) {
    Layer before = layers.get(i - 1);
    Layer layer = layers.get(i);
    if (!layer.input().equals(before.output())) {
      throw new IllegalArgumentException(
          String.format(
              "layer %d, %s, reads %s, but layer %d, %s, gives %s",
              i,
              layer.describe(),
              words(layer.input()),
              i - 1,
              before.describe(),
              words(before.output())));
    }
  }

  private static String words(Shape shape) {
    return shape.isImage()
        ? "images of " + shape + " (height x width x channels)"
        : shape + " features";
  }

  /** The layers, first to last. */
  public List<Layer> layers() {
    return layers;
  }

  /** Where each parameter lies in the flat weights, in order. */
  public List<Slice> slices() {
    return slices;
  }

  /** Values in the flat weights. */
  public int parameterCount() {
    return parameterCount;
  }

  /** One sample's shape at the entrance. */
  public Shape input() {
    return layers.get(0).input();
  }

  /** One sample's shape at the exit. */
  public Shape output() {
    return layers.get(layers.size() - 1).output();
  }

  /** New weights: a function of the network and the seed alone. */
  public float[] initialWeights(long seed) {
    float[] weights = new float[parameterCount];
    for (int i = 0; i < slices.size(); i++) {
      Parameter p = slices.get(i).parameter();
      Philox random = Philox.stream(seed, Purpose.INITIALIZATION, 0, i);
      p.initializer()
          .fill(weights, slices.get(i).offset(), p.size(), p.fanIn(), p.fanOut(), random);
    }
    return weights;
  }

  /** A table of the layers, a line each: what it is, what it gives, how many parameters it has. */
  public String table() {
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      int parameters = layer.parameters().stream().mapToInt(Parameter::size).sum();
      table.append(
          String.format(
              "%3d  %-52s %10s %,12d%n", i, layer.describe(), layer.output(), parameters));
    }
    return table
        .append(String.format("     %-63s %,12d%n", "parameters", parameterCount))
        .toString();
  }
}
