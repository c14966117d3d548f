package dev.tributary.nn;

import dev.tributary.engine.NormSize;
import dev.tributary.tensor.Shape;
import java.util.List;

/**
 * Layer normalisation: each sample's values are shifted and scaled to mean 0 and variance 1, then
 * by a trained scale γ and shift β for each feature. Samples do not mix, so nothing differs between
 * training and inference, or between sizes of the mini-batch. (Ba, Kiros, Hinton: "Layer
 * normalization", 2016; formulas: {@link dev.tributary.engine.Engine#layerNorm}.)
 */
public final class LayerNorm implements Layer {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final NormSize size;

  /**
   * Over all values of samples of this shape.
   *
   * @throws IllegalArgumentException if epsilon is not above 0
   */
  public LayerNorm(Shape shape, double epsilon) {
    if (!(epsilon > 0) || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon must be above 0 and finite, not " + epsilon);
    }
    this.shape = shape;
    this.size = new NormSize(shape.size(), epsilon);
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
  public int workspace() {
    return 2;
  }

  @Override
  public void forward(Frame f) {
    f.engine().layerNorm(size, f.n(), f.x(), f.parameter(0), f.parameter(1), f.y(), f.workspace());
  }

  @Override
  public void backward(Frame f) {
    f.engine()
        .layerNormGradient(
            size,
            f.n(),
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
        .note("y = W · (x − mean) / √(variance + ε) + b, mean and variance of each sample")
        .note("dW = the sum over samples of dy · (x − mean) / √(variance + ε)")
        .note("db = the sum over samples of dy");
  }

  @Override
  public String describe() {
    return "layer_norm over " + size.features();
  }
}
