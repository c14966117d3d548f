package dev.tributary.nn;

import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;
import java.util.List;

/**
 * The affine layer, "fully connected": {@code y = x Wᵀ + b}.
 *
 * <p>With n samples, one per row: x is (n, inputs), W is (outputs, inputs), b is (outputs), y is
 * (n, outputs). Backward, by the rule that dimensions must agree: as scalars, y = xW gives dx = dy
 * W and dW = dy x; the only order and transposes whose dimensions agree are
 *
 * <pre>
 *   dx = dy W          (n, inputs)       = (n, outputs)(outputs, inputs)
 *   dW = dyᵀ x         (outputs, inputs) = (outputs, n)(n, inputs)
 *   db = dyᵀ 1         (outputs)         = (outputs, n)(n)
 * </pre>
 *
 * <p>The product over n in dW is what sums the gradient over the mini-batch.
 */
public final class Affine implements Layer {
  private static final long serialVersionUID = 1L;

  private final AffineSize size;
  private final boolean bias;
  private final Initializer initializer;

  /**
   * An affine layer.
   *
   * @param inputs features read
   * @param outputs features given
   * @param bias whether b is there
   * @param initializer how W starts; b starts at 0
   */
  public Affine(int inputs, int outputs, boolean bias, Initializer initializer) {
    this.size = new AffineSize(Shape.flat(inputs).size(), Shape.flat(outputs).size());
    this.bias = bias;
    this.initializer = initializer;
  }

  @Override
  public Shape input() {
    return Shape.flat(size.inputs());
  }

  @Override
  public Shape output() {
    return Shape.flat(size.outputs());
  }

  @Override
  public List<Parameter> parameters() {
    Parameter weight =
        new Parameter(
            "weight",
            List.of(size.outputs(), size.inputs()),
            initializer,
            size.inputs(),
            size.outputs());
    return bias ? List.of(weight, Parameter.bias(size.outputs())) : List.of(weight);
  }

  /** The weight is; the bias is added. */
  @Override
  public boolean isFactor(int i) {
    return i == 0;
  }

  @Override
  public boolean appliesActivation() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    Buffer b = bias ? f.parameter(1) : null;
    f.engine().affine(size, f.rows(), f.x(), f.parameter(0), b, f.activation(), f.y());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().affineInputGradient(size, f.rows(), f.dy(), f.parameter(0), dx);
    }
    Buffer dBias = bias ? f.parameterGradient(1) : null;
    f.engine().affineWeightGradient(size, f.n(), f.x(), f.dy(), f.parameterGradient(0), dBias);
  }

  @Override
  public long multiplyAdds() {
    return (long) size.inputs() * size.outputs();
  }

  @Override
  public Equations equations() {
    Equations e =
        new Equations()
            .where("x", Equations.SAMPLES, size.inputs())
            .where("W", size.outputs(), size.inputs())
            .where("y", Equations.SAMPLES, size.outputs());
    if (bias) {
      e.where("b", size.outputs()).say("y = x Wᵀ + b");
    } else {
      e.say("y = x Wᵀ");
    }
    e.say("dx = dy W").say("dW = dyᵀ x");
    return bias
        ? e.where("o", Equations.SAMPLES)
            .say("db = dyᵀ o")
            .note("o is all ones: db sums dy over the mini-batch.")
        : e;
  }

  @Override
  public String describe() {
    return "affine " + size.inputs() + " -> " + size.outputs();
  }
}
