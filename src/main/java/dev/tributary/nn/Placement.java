package dev.tributary.nn;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which of a network's values and derivatives share memory: each is given a slot, and some the slot
 * of another.
 *
 * <ul>
 *   <li>A node that one other reads has that one's dx as its dy; a node that several read has a dy
 *       of its own, the sum of their dx, in the order of the readers. Below the first layer with
 *       parameters nobody asks for a derivative.
 *   <li>A layer that only reshapes has its input's slot as its output's, and its dy's as its dx's.
 *   <li>An activation behind a layer that can apply it is computed there: both outputs are one.
 *   <li>A layer may write dx over dy, unless another reads that dy too; and one whose dx is dy has
 *       nothing to write.
 * </ul>
 *
 * <p>Whoever wants the derivatives by everything gets every one of them in a slot of its own.
 */
final class Placement {
  /** No slot. */
  static final int NONE = -1;

  /** The slot of the network's input. */
  static final int INPUT = 0;

  /** So many values a sample. */
  record Slot(int values, Storage storage) {}

  private final Network network;
  private final boolean lean;
  private final List<Slot> slots = new ArrayList<>();
  private final boolean[] wanted;
  private final @Nullable Activation[] activations;
  private final boolean[] done;
  private final int[] outputs;
  private final int[] outputGradients;
  private final List<int[]> inputGradients;
  private final List<List<Integer>> received = new ArrayList<>();
  private final Set<Integer> shared = new HashSet<>();

  Placement(Network network, Derivatives derivatives) {
    int count = network.nodes().size();
    this.network = network;
    this.lean = derivatives != Derivatives.BY_EVERYTHING;
    this.wanted = wanted(network, derivatives);
    this.activations = new Activation[count];
    this.done = new boolean[count];
    this.outputs = new int[count];
    this.outputGradients = new int[count];
    this.inputGradients = new ArrayList<>(Collections.nCopies(count, new int[0]));
    add(network.input().size(), Storage.FACTOR);
    fuse();
    placeOutputs();
    for (int i = 0; i < count; i++) {
      received.add(new ArrayList<>());
    }
    for (int i = count - 1; i >= 0; i--) {
      placeDerivatives(i, derivatives);
    }
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

  private void fuse() {
    int[] readers = new int[outputs.length];
    for (Network.Node node : network.nodes()) {
      for (int source : node.inputs()) {
        if (source != Network.INPUT) {
          readers[source]++;
        }
      }
    }
    for (int i = 0; i < outputs.length && lean; i++) {
      Activation f = layer(i).fusible();
      int source = network.nodes().get(i).inputs().get(0);
      if (f != null
          && source != Network.INPUT
          && readers[source] == 1
          && layer(source).appliesActivation()) {
        activations[source] = f;
        done[i] = true;
      }
    }
  }

  private void placeOutputs() {
    boolean[] exact = exact();
    for (int i = 0; i < outputs.length; i++) {
      Layer layer = layer(i);
      outputs[i] =
          layer.reshapesOnly() || done[i]
              ? output(network.nodes().get(i).inputs().get(0))
              : add(layer.output().size(), exact[i] ? Storage.EXACT : Storage.ROUNDED);
    }
  }

  /** The nodes whose values must not be rounded: the last, and those that hold categories. */
  private boolean[] exact() {
    boolean[] exact = new boolean[outputs.length];
    boolean[] numbers = new boolean[outputs.length];
    exact[outputs.length - 1] = true;
    for (int i = outputs.length - 1; i >= 0; i--) {
      exact[i] |= numbers[i];
      for (int source : network.nodes().get(i).inputs()) {
        if (source != Network.INPUT) {
          exact[source] |= exact[i] && (layer(i).reshapesOnly() || done[i]);
          numbers[source] |= numbers[i] || layer(i).readsCategories();
        }
      }
    }
    return exact;
  }

  private void placeDerivatives(int i, Derivatives derivatives) {
    if (!wanted[i] && i < outputs.length - 1) {
      outputGradients[i] = NONE;
      inputGradients.set(i, none(i));
      return;
    }
    Network.Node node = network.nodes().get(i);
    int dy = outputGradient(i);
    outputGradients[i] = dy;
    int[] dx = none(i);
    int passed = 0;
    for (int k = dx.length - 1; k >= 0; k--) {
      int source = node.inputs().get(k);
      boolean ofUse =
          source == Network.INPUT ? derivatives == Derivatives.BY_EVERYTHING : wanted[source];
      if (!ofUse) {
        continue;
      }
      boolean isDy = isDy(node.layer(), dy);
      passed += isDy ? 1 : 0;
      dx[k] = isDy ? dy : add(node.layer().inputs().get(k).size(), Storage.ROUNDED);
      // Readers are met last to first; their order in a sum is first to last.
      if (source != Network.INPUT) {
        received.get(source).add(0, dx[k]);
      }
    }
    if (passed > 1) {
      shared.add(dy);
    }
    inputGradients.set(i, dx);
  }

  private boolean isDy(Layer layer, int dy) {
    return layer.reshapesOnly()
        || (lean && layer.passesGradient())
        || (lean && layer.backwardInPlace() && !shared.contains(dy));
  }

  private int[] none(int i) {
    int[] none = new int[network.nodes().get(i).inputs().size()];
    Arrays.fill(none, NONE);
    return none;
  }

  private int outputGradient(int i) {
    List<Integer> parts = received.get(i);
    if (parts.size() == 1) {
      return parts.get(0);
    }
    boolean last = i == outputs.length - 1;
    return add(layer(i).output().size(), last ? Storage.EXACT : Storage.ROUNDED);
  }

  private int add(int values, Storage storage) {
    slots.add(new Slot(values, storage));
    return slots.size() - 1;
  }

  private Layer layer(int i) {
    return network.nodes().get(i).layer();
  }

  private int output(int node) {
    return node == Network.INPUT ? INPUT : outputs[node];
  }

  /** All slots, in their order. */
  List<Slot> slots() {
    return slots;
  }

  /** Values a sample in all slots, and what layers leave for backward. */
  long valuesPerSample() {
    long values = slots.stream().mapToLong(Slot::values).sum();
    for (Layer layer : network.layers()) {
      values += layer.workspace();
    }
    return values;
  }

  /** The slots that node i reads. */
  int[] inputs(int i) {
    return network.nodes().get(i).inputs().stream().mapToInt(this::output).toArray();
  }

  /** The slot of node i's output. */
  int outputOf(int i) {
    return outputs[i];
  }

  /** The slot of the derivative by node i's output, or {@link #NONE}. */
  int outputGradientOf(int i) {
    return outputGradients[i];
  }

  /** The slots of the derivatives by node i's inputs, {@link #NONE} where nobody asks. */
  int[] inputGradients(int i) {
    return inputGradients.get(i);
  }

  /** The slots to be added up for the derivative by node i's output, if there are several. */
  List<Integer> parts(int i) {
    return received.get(i).size() > 1 ? received.get(i) : List.of();
  }

  /** Whether node i goes backward. */
  boolean wanted(int i) {
    return wanted[i];
  }

  /** The activation that node i applies behind itself, or null. */
  @Nullable Activation activation(int i) {
    return activations[i];
  }

  /** Whether node i is an activation that the node before applies. */
  boolean isDone(int i) {
    return done[i];
  }
}
