package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;
import java.io.Serializable;

/** {@code y = x}, and before each pass forward something happens to the machine. */
public record FaultyLayer(Shape shape, Fault fault) implements Layer {
  private static final long serialVersionUID = 1L;

  /** What happens. */
  public interface Fault extends Serializable {
    /** It happens, or not, in a shard's part of a step. */
    void strike(long step, int shard);
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
  public void forward(Frame f) {
    fault.strike(f.pass().step(), f.pass().shard());
    f.engine().copy(f.n() * shape.size(), f.x(), f.y());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().copy(f.n() * shape.size(), f.dy(), dx);
    }
  }

  @Override
  public Equations equations() {
    return Equations.sameShape(shape).note("y = x");
  }

  @Override
  public String describe() {
    return "faulty";
  }
}
