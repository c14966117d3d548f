package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.tensor.Shape;
import java.util.List;

/**
 * Several inputs side by side: flat features one after the other, or images of one height and width
 * with their channels one after the other. Backward, each input gets its own columns of dy.
 */
public final class Concatenate implements Layer {
  private static final long serialVersionUID = 1L;

  private final List<Shape> inputs;
  private final Shape output;

  /**
   * Of inputs of these shapes.
   *
   * @throws IllegalArgumentException if there are fewer than two, or images differ in height or
   *     width, or images meet flat features
   */
  public Concatenate(List<Shape> inputs) {
    if (inputs.size() < 2) {
      throw new IllegalArgumentException("concatenate needs at least 2 inputs");
    }
    Shape first = inputs.get(0);
    for (Shape shape : inputs) {
      boolean fits =
          first.isImage()
              ? shape.isImage()
                  && shape.height() == first.height()
                  && shape.width() == first.width()
              : !shape.isImage();
      if (!fits) {
        throw new IllegalArgumentException(
            "concatenate joins flat features, or images of one height and width; it was given "
                + inputs);
      }
    }
    this.inputs = List.copyOf(inputs);
    int columns = inputs.stream().mapToInt(Concatenate::columns).reduce(0, Math::addExact);
    this.output =
        first.isImage() ? Shape.image(first.height(), first.width(), columns) : Shape.flat(columns);
  }

  private static int columns(Shape shape) {
    return shape.isImage() ? shape.channels() : shape.size();
  }

  @Override
  public Shape input() {
    return inputs.get(0);
  }

  @Override
  public List<Shape> inputs() {
    return inputs;
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public void forward(Frame f) {
    int width = columns(output);
    int rows = f.n() * (output.size() / width);
    int at = 0;
    for (int i = 0; i < inputs.size(); i++) {
      int own = columns(inputs.get(i));
      f.engine().copyColumns(rows, own, f.x(i), own, 0, f.y(), width, at);
      at += own;
    }
  }

  @Override
  public void backward(Frame f) {
    int width = columns(output);
    int rows = f.n() * (output.size() / width);
    int at = 0;
    for (int i = 0; i < inputs.size(); i++) {
      int own = columns(inputs.get(i));
      Buffer dx = f.dx(i);
      if (dx != null) {
        f.engine().copyColumns(rows, own, f.dy(), width, at, dx, own, 0);
      }
      at += own;
    }
  }

  @Override
  public Equations equations() {
    return new Equations()
        .shaped("y", output)
        .note("y = the " + inputs.size() + " inputs side by side")
        .note("each input's derivative = its own columns of dy");
  }

  @Override
  public String describe() {
    return "concatenate " + inputs + " -> " + output;
  }
}
