package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;
import java.util.Collections;
import java.util.List;

/**
 * The sum of several inputs of one shape: {@code y = x₀ + x₁ + …}; {@code dxᵢ = dy}. What joins a
 * residual block to its shortcut. (He, Zhang, Ren, Sun: "Deep residual learning for image
 * recognition", 2016.)
 */
public final class Add implements Layer {
  private static final long serialVersionUID = 1L;

  private final Shape shape;
  private final int count;

  /**
   * The sum of {@code count} inputs of this shape.
   *
   * @throws IllegalArgumentException if there are fewer than two
   */
  public Add(Shape shape, int count) {
    if (count < 2) {
      throw new IllegalArgumentException("add needs at least 2 inputs, not " + count);
    }
    this.shape = shape;
    this.count = count;
  }

  @Override
  public Shape input() {
    return shape;
  }

  @Override
  public List<Shape> inputs() {
    return Collections.nCopies(count, shape);
  }

  @Override
  public Shape output() {
    return shape;
  }

  @Override
  public boolean appliesActivation() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    int values = f.n() * shape.size();
    for (int i = 1; i < count; i++) {
      Buffer sum = i == 1 ? f.x(0) : f.y();
      f.engine().add(values, sum, f.x(i), i == count - 1 ? f.activation() : null, f.y());
    }
  }

  @Override
  public boolean passesGradient() {
    return true;
  }

  @Override
  public void backward(Frame f) {
    for (int i = 0; i < count; i++) {
      Buffer dx = f.dx(i);
      if (dx != null && dx != f.dy()) {
        f.engine().copy(f.n() * shape.size(), f.dy(), dx);
      }
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(shape)
        .note("y = the sum of " + count + " inputs x")
        .note("dx = dy, for each of them");
  }

  @Override
  public String describe() {
    return "add " + count + " of " + shape;
  }
}
