package dev.tributary.nn;

import dev.tributary.tensor.Shape;

/**
 * Reads samples under another shape of the same size, in the order of memory (see {@link Shape});
 * nothing is computed.
 */
public final class Reshape implements Layer {
  private static final long serialVersionUID = 1L;

  private final Shape input;
  private final Shape output;

  /**
   * From one shape to another.
   *
   * @throws IllegalArgumentException if their sizes differ
   */
  public Reshape(Shape input, Shape output) {
    if (input.size() != output.size()) {
      throw new IllegalArgumentException(
          String.format(
              "reshape keeps the number of values, but %s has %,d and %s has %,d",
              input, input.size(), output, output.size()));
    }
    this.input = input;
    this.output = output;
  }

  /** To flat features. */
  public static Reshape flatten(Shape input) {
    return new Reshape(input, Shape.flat(input.size()));
  }

  @Override
  public Shape input() {
    return input;
  }

  @Override
  public Shape output() {
    return output;
  }

  @Override
  public boolean reshapesOnly() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    // y is x.
  }

  @Override
  public void backward(Frame f) {
    // dx is dy.
  }

  @Override
  public Equations equations() {
    return new Equations().shaped("x", input).shaped("y", output).note("y = x").note("dx = dy");
  }

  @Override
  public String describe() {
    return (output.isImage() ? "reshape " : "flatten ") + input + " -> " + output;
  }
}
