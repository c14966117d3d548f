package dev.tributary.nn;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An activation: {@code y = f(x)} value by value, {@code dx = dy f'(x)}. Formulas: {@link
 * Activation}.
 */
public final class Elementwise implements Layer {
  private static final long serialVersionUID = 1L;

  private final Activation function;
  private final Shape shape;

  /** The activation {@code function} of samples of this shape. */
  public Elementwise(Activation function, Shape shape) {
    this.function = function;
    this.shape = shape;
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
  public @Nullable Activation fusible() {
    return function.keepsSign() ? function : null;
  }

  @Override
  public boolean backwardInPlace() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    if (f.isDone()) {
      return;
    }
    f.engine().activation(function, f.n() * shape.size(), f.x(), f.y());
  }

  /** Where the layer before has applied the function, x is y, which has the same sign. */
  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().activationGradient(function, f.n() * shape.size(), f.x(), f.y(), f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(shape).note("y = f(x)").note("dx = dy · f′(x)");
  }

  @Override
  public String describe() {
    return function.kind().name().toLowerCase(Locale.ROOT);
  }
}
