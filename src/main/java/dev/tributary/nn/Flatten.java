package dev.tributary.nn;

import dev.tributary.tensor.Shape;

/**
 * Reads an image as flat features, in the order of memory (see {@link Shape}); nothing is computed.
 */
public final class Flatten implements Layer {
  private static final long serialVersionUID = 1L;

  private final Shape input;

  /** Flattens samples of this shape. */
  public Flatten(Shape input) {
    this.input = input;
  }

  @Override
  public Shape input() {
    return input;
  }

  @Override
  public Shape output() {
    return Shape.flat(input.size());
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
  public String describe() {
    return "flatten " + input + " -> " + input.size();
  }
}
