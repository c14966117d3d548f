package dev.tributary.nn;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a layer works on: an engine, one layer's buffers for up to a number of samples, and how many
 * of them hold samples now. One thread owns it; an {@link Execution} makes one for each layer and
 * keeps them from step to step.
 */
public final class Frame {
  private final Engine engine;
  private final int layer;
  private final Buffer[] parameters;
  private final Buffer[] parameterGradients;
  private final Buffer[] states;
  private final Buffer[] stateSums;
  private List<Buffer> x = List.of();
  private @Nullable Buffer y;
  private List<Optional<Buffer>> dx = List.of();
  private @Nullable Buffer dy;
  private @Nullable Buffer workspace;
  private @Nullable Activation activation;
  private boolean isDone;
  private float[] scratch = new float[0];
  private int n;
  private Pass pass = Pass.INFERENCE;

  Frame(
      Engine engine,
      int layer,
      Buffer[] parameters,
      Buffer[] parameterGradients,
      Buffer[] states,
      Buffer[] stateSums) {
    this.states = states;
    this.stateSums = stateSums;
    this.engine = engine;
    this.layer = layer;
    this.parameters = parameters;
    this.parameterGradients = parameterGradients;
  }

  void bindInputs(List<Buffer> inputs, List<Optional<Buffer>> inputGradients) {
    x = inputs;
    dx = inputGradients;
  }

  void bindOutput(Buffer output, @Nullable Buffer outputGradient, @Nullable Buffer work) {
    y = output;
    dy = outputGradient;
    workspace = work;
  }

  void bindActivation(@Nullable Activation behind, boolean done) {
    activation = behind;
    isDone = done;
  }

  void start(int samples, Pass how) {
    n = samples;
    pass = how;
  }

  /** Where operations run. */
  public Engine engine() {
    return engine;
  }

  /** Samples in the batch. */
  public int n() {
    return n;
  }

  /**
   * As many rows as an operation may compute that treats each sample by itself: whole blocks of
   * them where there are many, as kernels cut some numbers of rows, such as 259, badly, and take a
   * third longer. What is in the rows behind the samples is nobody's.
   */
  public int rows() {
    return Memory.rows(n);
  }

  /** Training or inference, and the keys of its randomness. */
  public Pass pass() {
    return pass;
  }

  /** The layer's place in its network, from 0. */
  public int layer() {
    return layer;
  }

  /** The layer's input: n samples. */
  public Buffer x() {
    return x.get(0);
  }

  /** The layer's i-th input. */
  public Buffer x(int i) {
    return x.get(i);
  }

  /** The layer's output: n samples. */
  public Buffer y() {
    return bound(y);
  }

  /** Where the loss's derivative by the input goes; null when nobody asks for it. */
  public @Nullable Buffer dx() {
    return dx(0);
  }

  /** The same for the i-th input. */
  public @Nullable Buffer dx(int i) {
    return dx.get(i).orElse(null);
  }

  /** The loss's derivative by the output. */
  public Buffer dy() {
    return bound(dy);
  }

  /** The activation that forward is to apply to y behind its own work; null for none. */
  public @Nullable Activation activation() {
    return activation;
  }

  /** Whether this layer is an activation that the layer before has applied: y is there already. */
  public boolean isDone() {
    return isDone;
  }

  /**
   * What forward leaves for backward: {@link Layer#workspace()} values a sample, or {@link
   * Layer#sharedWorkspace()}.
   */
  public Buffer workspace() {
    return bound(workspace);
  }

  /** The layer's i-th parameter. */
  public Buffer parameter(int i) {
    return parameters[i];
  }

  /** Where the gradient by the layer's i-th parameter goes; what it held is overwritten. */
  public Buffer parameterGradient(int i) {
    return parameterGradients[i];
  }

  /** The layer's i-th state, as it was before the step. */
  public Buffer state(int i) {
    return states[i];
  }

  /** Where the i-th state's new values, times the number of samples, go in training. */
  public Buffer stateSum(int i) {
    return stateSums[i];
  }

  /** An array of at least this many values to work in; what it holds is undefined. */
  public float[] scratch(int size) {
    if (scratch.length < size) {
      scratch = new float[size];
    }
    return scratch;
  }

  private static Buffer bound(@Nullable Buffer buffer) {
    if (buffer == null) {
      throw new IllegalStateException("this frame has no such buffer");
    }
    return buffer;
  }
}
