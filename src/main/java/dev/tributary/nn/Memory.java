package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The buffers of a network's values and derivatives for up to a number of samples. */
final class Memory {
  /** A node's dy that must be added up from what its readers leave. */
  private record Junction(Buffer sum, List<Buffer> parts) {}

  /** Samples, when there are many, that buffers have room for a multiple of. */
  private static final int BLOCK = 16;

  private static final int MANY = 16 * BLOCK;

  private final Network network;
  private final Engine engine;
  private final Placement placement;
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Optional<Junction>> junctions = new ArrayList<>();

  /**
   * Allocates the buffers and binds every frame to its own.
   *
   * @param derivatives which ones are wanted
   */
  Memory(
      Network network, Engine engine, List<Frame> frames, int capacity, Derivatives derivatives) {
    this.network = network;
    this.engine = engine;
    this.placement = new Placement(network, derivatives);
    for (Placement.Slot slot : placement.slots()) {
      buffers.add(engine.allocate(Math.multiplyExact(capacity, slot.values()), slot.storage()));
    }
    for (int i = 0; i < frames.size(); i++) {
      bind(frames.get(i), i, capacity);
    }
  }

  /**
   * The rows that buffers of n samples have: n, or some more if these are many. A function of n
   * alone, and with it all bytes that are computed with so many rows.
   */
  static int rows(int n) {
    return n < MANY ? n : (n + BLOCK - 1) / BLOCK * BLOCK;
  }

  /**
   * The values that this takes for a sample in training, what layers leave for backward included.
   */
  static long valuesPerSample(Network network) {
    return new Placement(network, Derivatives.BY_PARAMETERS).valuesPerSample();
  }

  private void bind(Frame frame, int i, int capacity) {
    Layer layer = network.layers().get(i);
    frame.bindInputs(
        Arrays.stream(placement.inputs(i)).mapToObj(buffers::get).toList(),
        Arrays.stream(placement.inputGradients(i))
            .mapToObj(slot -> Optional.ofNullable(buffer(slot)))
            .toList());
    int work = Math.multiplyExact(capacity, layer.workspace()) + layer.sharedWorkspace();
    @Nullable Buffer dy = buffer(placement.outputGradientOf(i));
    frame.bindOutput(
        buffers.get(placement.outputOf(i)), dy, work > 0 ? engine.allocate(work) : null);
    frame.bindActivation(placement.activation(i), placement.isDone(i));
    List<Buffer> parts = placement.parts(i).stream().map(buffers::get).toList();
    junctions.add(
        dy == null || parts.isEmpty() ? Optional.empty() : Optional.of(new Junction(dy, parts)));
  }

  private @Nullable Buffer buffer(int slot) {
    return slot == Placement.NONE ? null : buffers.get(slot);
  }

  /** Where the network's input goes. */
  Buffer input() {
    return buffers.get(Placement.INPUT);
  }

  /** Whether node i goes backward. */
  boolean goesBackward(int i) {
    return placement.wanted(i);
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
