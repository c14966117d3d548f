package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;

/**
 * Log-softmax: {@code yⱼ = xⱼ − log Σₖ exp xₖ}; x and y are (n, classes). Backward, {@code dx = dy
 * − exp(y) Σ dy}. It keeps the small probabilities that the logarithm of a softmax would lose.
 */
public final class LogSoftmax implements Layer {
  private static final long serialVersionUID = 1L;

  private final int classes;

  /** Log-softmax over this many classes. */
  public LogSoftmax(int classes) {
    this.classes = classes;
  }

  @Override
  public Shape input() {
    return Shape.flat(classes);
  }

  @Override
  public Shape output() {
    return Shape.flat(classes);
  }

  @Override
  public void forward(Frame f) {
    f.engine().logSoftmax(f.n(), classes, f.x(), f.y());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().logSoftmaxGradient(f.n(), classes, f.y(), f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(output())
        .note("y = x − log Σ exp x, row by row")
        .note("dx = dy − exp y · Σ dy");
  }

  @Override
  public String describe() {
    return "log_softmax";
  }
}
