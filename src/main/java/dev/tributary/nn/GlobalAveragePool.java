package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;

/**
 * Each channel's average over the whole image: x is (n, height, width, channels), y is (n,
 * channels). (Lin, Chen, Yan: "Network in network", 2014.)
 */
public final class GlobalAveragePool implements Layer {
  private static final long serialVersionUID = 1L;

  private final PoolSize size;

  /** Over images of this shape. */
  public GlobalAveragePool(Shape image) {
    Window whole = Window.of(image.height(), 1, 0);
    Window across = Window.of(image.width(), 1, 0);
    this.size = new PoolSize(PoolSize.Kind.AVERAGE, image, whole, across, false, false);
  }

  @Override
  public Shape input() {
    return size.input();
  }

  @Override
  public Shape output() {
    return Shape.flat(size.input().channels());
  }

  @Override
  public void forward(Frame f) {
    f.engine().pool(size, f.n(), f.x(), f.y(), null);
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().poolGradient(size, f.n(), f.x(), f.y(), null, f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return new Equations()
        .shaped("x", input())
        .shaped("y", output())
        .note("y = the mean of each channel of x")
        .note("dx = dy / (height · width), for every pixel");
  }

  @Override
  public String describe() {
    return "global_average_pool " + size.input() + " -> " + size.input().channels();
  }
}
