package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;

/**
 * Pooling: each channel's maximum or average over a window. x is (n, height, width, channels), y is
 * (n, output height, output width, channels).
 *
 * <p>Backward, a maximum passes dy to the value that won, an average passes dy / count to each
 * value.
 */
public final class Pool implements Layer {
  private static final long serialVersionUID = 1L;

  private final PoolSize size;

  /**
   * A pooling layer.
   *
   * @throws IllegalArgumentException if the window does not fit in the padded image, or padding is
   *     more than half the window, so that a window might see nothing but padding
   */
  public Pool(PoolSize size) {
    this.size = size;
    Fit.kernel(name(size), size.input(), size.vertical(), size.horizontal());
    checkPadding(size.vertical());
    checkPadding(size.horizontal());
  }

  private static void checkPadding(Window window) {
    if (window.padding() * 2 > window.kernel()) {
      throw new IllegalArgumentException(
          "padding of a pooling window must be at most half of it: "
              + window.padding()
              + " is more than half of "
              + window.kernel());
    }
    if (window.dilation() != 1) {
      throw new IllegalArgumentException("pooling has no dilation");
    }
  }

  private static String name(PoolSize size) {
    return size.kind() == PoolSize.Kind.MAX ? "max_pool" : "average_pool";
  }

  @Override
  public Shape input() {
    return size.input();
  }

  @Override
  public Shape output() {
    return size.output();
  }

  @Override
  public int workspace() {
    return size.memory();
  }

  @Override
  public void forward(Frame f) {
    f.engine().pool(size, f.n(), f.x(), f.y(), f.workspace());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().poolGradient(size, f.n(), f.x(), f.y(), f.workspace(), f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    Equations e = new Equations().shaped("x", input()).shaped("y", output());
    return size.kind() == PoolSize.Kind.MAX
        ? e.note("y = the largest of each window of x")
            .note("dx = dy where the largest was, else 0")
        : e.note("y = the mean of each window of x").note("dx = dy, shared by its window");
  }

  @Override
  public String describe() {
    return name(size)
        + " "
        + Fit.describe(size.vertical(), size.horizontal())
        + ", "
        + size.input()
        + " -> "
        + size.output();
  }
}
