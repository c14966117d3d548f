package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One layer by itself on one engine: forward and backward from plain arrays to plain arrays. */
public final class LayerRun {
  private final Layer layer;
  private final Engine engine;
  private final int n;
  private final Buffer[] parameters;
  private final Buffer[] gradients;
  private final Buffer[] states;
  private final Buffer[] stateSums;
  private final List<Buffer> x;
  private final Buffer y;
  private final List<Buffer> dx;
  private final Buffer dy;
  private final Frame frame;

  public LayerRun(Layer layer, Engine engine, int n) {
    this.layer = layer;
    this.engine = engine;
    this.n = n;
    parameters = buffers();
    gradients = buffers();
    x = layer.inputs().stream().map(s -> engine.allocate(n * s.size())).toList();
    y = layer.reshapesOnly() ? x.get(0) : engine.allocate(n * layer.output().size());
    dy = engine.allocate(n * layer.output().size());
    dx =
        layer.reshapesOnly()
            ? List.of(dy)
            : layer.inputs().stream().map(s -> engine.allocate(n * s.size())).toList();
    states = stateBuffers();
    stateSums = stateBuffers();
    frame = new Frame(engine, 3, parameters, gradients, states, stateSums);
    frame.bindInputs(x, dx.stream().map(Optional::of).toList());
    frame.bindOutput(y, dy, engine.allocate(1 + n * layer.workspace() + layer.sharedWorkspace()));
  }

  /** Values that {@link #forward} takes: all inputs, one after the other. */
  public int inputSize() {
    return x.stream().mapToInt(Buffer::size).sum();
  }

  private Buffer[] buffers() {
    return layer.parameters().stream().map(p -> engine.allocate(p.size())).toArray(Buffer[]::new);
  }

  private Buffer[] stateBuffers() {
    return layer.states().stream().map(s -> engine.allocate(s.size())).toArray(Buffer[]::new);
  }

  public void setState(int i, float[] values) {
    states[i].put(values, 0, values.length);
  }

  /** What training left of the i-th state, times the number of samples. */
  public float[] stateSum(int i) {
    return values(stateSums[i]);
  }

  public void setParameter(int i, float[] values) {
    parameters[i].put(values, 0, values.length);
  }

  public float[] forward(float[] input, Pass pass) {
    int at = 0;
    for (Buffer part : x) {
      part.put(input, at, part.size());
      at += part.size();
    }
    frame.start(n, pass);
    layer.forward(frame);
    return values(y);
  }

  /** dx, after which {@link #parameterGradients} has the others. */
  public float[] backward(float[] outputGradient) {
    dy.put(outputGradient, 0, outputGradient.length);
    layer.backward(frame);
    float[] all = new float[inputSize()];
    int at = 0;
    for (Buffer part : dx) {
      part.get(all, at, part.size());
      at += part.size();
    }
    return all;
  }

  public List<float[]> parameterGradients() {
    List<float[]> all = new ArrayList<>();
    for (Buffer gradient : gradients) {
      all.add(values(gradient));
    }
    return all;
  }

  private static float[] values(Buffer buffer) {
    float[] values = new float[buffer.size()];
    buffer.get(values, 0, values.length);
    return values;
  }
}
