package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import dev.tributary.engine.NormSize;
import dev.tributary.tensor.Shape;
import java.util.List;

/**
 * Batch normalisation: each feature, or each channel of images, is shifted and scaled to mean 0 and
 * variance 1 over the samples (and pixels), then by a trained scale γ and shift β. (Ioffe, Szegedy:
 * "Batch normalization", 2015; formulas: {@link dev.tributary.engine.Engine#batchNorm}.)
 *
 * <p>In training the statistics are those of a shard's part of the mini-batch, as each shard's
 * gradient is a function of its own samples: so a part should hold some samples, which more samples
 * in a batch, or fewer shards, give it. Inference uses the running statistics, which are state (see
 * {@link State}).
 */
public final class BatchNorm implements Layer {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final NormSize size;
  private final double momentum;
  private final boolean frozen;

  /**
   * Of samples of this shape.
   *
   * @param epsilon what keeps the divisor from 0
   * @param momentum how far a step moves the running statistics, in (0, 1]
   * @throws IllegalArgumentException for a number out of its range
   */
  public BatchNorm(Shape shape, double epsilon, double momentum) {
    this(shape, epsilon, momentum, false);
  }

  /**
   * The same, perhaps frozen: its running statistics then stay as they are, and are used in
   * training too.
   */
  public BatchNorm(Shape shape, double epsilon, double momentum, boolean frozen) {
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon must be above 0 and finite, not " + epsilon);
    }
    if (!(momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be above 0 and at most 1, not " + momentum);
    }
    this.shape = shape;
    this.size = new NormSize(shape.isImage() ? shape.channels() : shape.size(), epsilon);
    this.momentum = frozen ? 0 : momentum;
    this.frozen = frozen;
  }

  @Override
  public Shape input() {
    return shape;
  }

  @Override
  public Shape output() {
    return shape;
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter("weight", List.of(size.features()), Initializer.ONE, 1, 1),
        Parameter.bias(size.features()));
  }

  @Override
  public List<State> states() {
    return List.of(
        new State("running_mean", size.features(), 0f, momentum),
        new State("running_variance", size.features(), 1f, momentum));
  }

  @Override
  public int sharedWorkspace() {
    return 3 * size.features();
  }

  private int rows(Frame f) {
    return f.n() * (shape.size() / size.features());
  }

  @Override
  public void forward(Frame f) {
    Buffer statistics = f.workspace();
    Engine engine = f.engine();
    if (usesBatch(f)) {
      engine.batchNormOfBatch(
          size, rows(f), f.x(), f.parameter(0), f.parameter(1), statistics, f.y());
      leaveState(f, statistics);
    } else {
      takeState(f, statistics);
      engine.batchNorm(size, rows(f), f.x(), f.parameter(0), f.parameter(1), statistics, f.y());
    }
  }

  private boolean usesBatch(Frame f) {
    return f.pass().training() && !frozen;
  }

  /** The part's statistics, times its samples. */
  private void leaveState(Frame f, Buffer statistics) {
    int features = size.features();
    float[] values = f.scratch(3 * features);
    statistics.get(values, 0, 3 * features);
    for (int j = 0; j < 3 * features; j++) {
      values[j] *= f.n();
    }
    f.stateSum(0).put(values, 0, features);
    f.stateSum(1).put(values, 2 * features, features);
  }

  /** The running statistics, in the form that the engine reads. */
  private void takeState(Frame f, Buffer statistics) {
    int features = size.features();
    float[] values = f.scratch(3 * features);
    f.state(0).get(values, 0, features);
    f.state(1).get(values, 2 * features, features);
    for (int j = 0; j < features; j++) {
      values[features + j] = (float) (1 / Math.sqrt(values[2 * features + j] + size.epsilon()));
    }
    statistics.put(values, 0, 3 * features);
  }

  @Override
  public void backward(Frame f) {
    f.engine()
        .batchNormGradient(
            size,
            rows(f),
            !usesBatch(f),
            f.x(),
            f.parameter(0),
            f.workspace(),
            f.dy(),
            f.dx(),
            f.parameterGradient(0),
            f.parameterGradient(1));
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(shape)
        .where("W", size.features())
        .where("b", size.features())
        .note("y = W · (x − mean) / √(variance + ε) + b, mean and variance over the samples")
        .note("dx = W · (dy − mean of dy − x̂ · mean of dy x̂) / √(variance + ε)")
        .note("dW = the sum of dy · x̂, x̂ being (x − mean) / √(variance + ε); db = the sum of dy");
  }

  @Override
  public String describe() {
    return "batch_norm of " + size.features();
  }
}
