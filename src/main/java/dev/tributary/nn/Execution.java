package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.Storage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network on one engine: its weights, its gradient and every layer's buffers, kept from step to
 * step by one thread. Buffers grow to the largest batch seen and are never given back before {@link
 * #close}.
 */
public final class Execution implements AutoCloseable {
  private final Network network;
  private final Engine engine;
  private final List<Part> values = new ArrayList<>();
  private final Buffer gradient;
  private final Derivatives ofTraining;
  private final List<Frame> frames = new ArrayList<>();
  private Inspector inspector = Inspector.NONE;

  private int capacity;
  private boolean canTrain;
  private @Nullable Memory memory;
  private float[] floats = new float[0];
  private double[] predictions = new double[0];
  private double[] slopes = new double[0];

  /** Takes over the engine: it is closed with this. */
  public Execution(Network network, Engine engine) {
    this(network, engine, Derivatives.BY_PARAMETERS);
  }

  /** One whose training passes leave these derivatives. */
  Execution(Network network, Engine engine, Derivatives ofTraining) {
    this.ofTraining = ofTraining;
    this.network = network;
    this.engine = engine;
    this.gradient = engine.allocate(network.valueCount());
    for (int i = 0; i < network.layers().size(); i++) {
      List<Part> parameters = parameters(i);
      List<Part> states = states(i);
      values.addAll(parameters);
      values.addAll(states);
      frames.add(
          new Frame(
              engine,
              i,
              buffers(parameters),
              gradients(parameters),
              buffers(states),
              gradients(states)));
    }
  }

  /** Some of the flat values, in a buffer of their own. */
  private record Part(int offset, Buffer buffer) {}

  private List<Part> parameters(int layer) {
    List<Part> parts = new ArrayList<>();
    for (Network.Slice slice : network.slices()) {
      if (slice.layer() == layer) {
        boolean isFactor = network.layers().get(layer).isFactor(parts.size());
        Storage storage = isFactor ? Storage.ROUNDED : Storage.EXACT;
        parts.add(new Part(slice.offset(), engine.allocate(slice.parameter().size(), storage)));
      }
    }
    return parts;
  }

  private List<Part> states(int layer) {
    return network.stateSlices().stream()
        .filter(s -> s.layer() == layer)
        .map(s -> new Part(s.offset(), engine.allocate(s.state().size())))
        .toList();
  }

  private static Buffer[] buffers(List<Part> parts) {
    return parts.stream().map(Part::buffer).toArray(Buffer[]::new);
  }

  private Buffer[] gradients(List<Part> parts) {
    return parts.stream()
        .map(p -> gradient.slice(p.offset(), p.buffer().size()))
        .toArray(Buffer[]::new);
  }

  /** The network. */
  public Network network() {
    return network;
  }

  /** Copies the flat values in: weights, then state. */
  public void load(float[] flat) {
    for (Part part : values) {
      part.buffer().put(flat, part.offset(), part.buffer().size());
    }
  }

  /**
   * The network's output for a batch: (n, outputs), valid until the next call.
   *
   * @param pass what it is for
   */
  public Buffer forward(Batch batch, Pass pass) {
    reserve(batch.n(), pass.training());
    memory().input().put(batch.features(), 0, batch.n() * network.input().size());
    for (Frame frame : frames) {
      frame.start(batch.n(), pass);
    }
    forwardFrom(0);
    return last().y();
  }

  /** The last forward pass once more, from a layer on. */
  void forwardFrom(int first) {
    for (int i = first; i < frames.size(); i++) {
      network.layers().get(i).forward(frames.get(i));
      inspector.forward(frames.get(i));
    }
  }

  /**
   * Forward, loss and backward: leaves the loss's gradient by the weights, summed over the batch's
   * samples, in {@link #gradient()}.
   *
   * @return the loss, summed over the samples
   */
  public double lossAndGradient(Batch batch, Loss loss, Pass pass) {
    reserve(batch.n(), true);
    forward(batch, pass);
    double sum = evaluate(batch, loss);
    int outputs = batch.n() * network.output().size();
    for (int i = 0; i < outputs; i++) {
      floats[i] = (float) slopes[i];
    }
    outputGradient().put(floats, 0, outputs);
    backward(batch.n());
    return sum;
  }

  /** Backward from {@link #outputGradient()}, after a forward pass of n samples. */
  void backward(int n) {
    for (int i = frames.size() - 1; i >= 0; i--) {
      if (!memory().goesBackward(i)) {
        continue;
      }
      memory().join(i, n);
      network.layers().get(i).backward(frames.get(i));
      inspector.backward(frames.get(i));
    }
  }

  /** The same as {@link #lossAndGradient}, with somebody who looks on. */
  double lossAndGradient(Batch batch, Loss loss, Pass pass, Inspector who) {
    inspector = who;
    try {
      return lossAndGradient(batch, loss, pass);
    } finally {
      inspector = Inspector.NONE;
    }
  }

  /** The loss of a batch without random layers and without a gradient, summed over the samples. */
  public double loss(Batch batch, Loss loss) {
    forward(batch, Pass.INFERENCE);
    return evaluate(batch, loss);
  }

  private double evaluate(Batch batch, Loss loss) {
    int outputs = network.output().size();
    last().y().get(floats, 0, batch.n() * outputs);
    for (int i = 0; i < batch.n() * outputs; i++) {
      predictions[i] = floats[i];
    }
    return loss.evaluate(batch, outputs, predictions, slopes);
  }

  /**
   * What {@link #lossAndGradient} left, in the order of the flat values: the gradient by the
   * weights, then the state's new values times the number of samples.
   */
  public Buffer gradient() {
    return gradient;
  }

  /** The output of the last forward pass: (n, outputs). */
  public Buffer output() {
    return last().y();
  }

  /** Where the derivative by the output goes, (n, outputs). */
  Buffer outputGradient() {
    return last().dy();
  }

  /** What layer i works on. */
  Frame frame(int i) {
    return frames.get(i);
  }

  private Frame last() {
    return frames.get(frames.size() - 1);
  }

  private Memory memory() {
    if (memory == null) {
      throw new IllegalStateException("no batch was given yet");
    }
    return memory;
  }

  /** Makes room for n samples; inference alone needs no derivatives. */
  private void reserve(int n, boolean training) {
    if (n <= capacity && (canTrain || !training)) {
      return;
    }
    capacity = Math.max(Memory.rows(n), capacity);
    canTrain = canTrain || training;
    memory =
        new Memory(network, engine, frames, capacity, canTrain ? ofTraining : Derivatives.NONE);
    floats = new float[Math.multiplyExact(capacity, network.output().size())];
    predictions = new double[floats.length];
    slopes = new double[floats.length];
  }

  @Override
  public void close() {
    engine.close();
  }
}
