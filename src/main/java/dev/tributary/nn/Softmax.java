package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;

/**
 * Softmax: {@code yⱼ = exp xⱼ / Σₖ exp xₖ}; x and y are (n, classes). Backward, {@code dx = y (dy −
 * Σ dy y)}.
 *
 * <p>For training, {@link dev.tributary.nn.loss.SoftmaxCrossEntropy} holds its own softmax and
 * reads logits.
 */
public final class Softmax implements Layer {
  private static final long serialVersionUID = 1L;

  private final int classes;

  /** Softmax over this many classes. */
  public Softmax(int classes) {
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
    f.engine().softmax(f.n(), classes, f.x(), f.y());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().softmaxGradient(f.n(), classes, f.y(), f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(output())
        .note("y = exp x / Σ exp x, row by row")
        .note("dx = y · (dy − Σ dy · y)");
  }

  @Override
  public String describe() {
    return "softmax";
  }
}
