package dev.tributary.nn;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.List;

/**
 * A layer: a function of its input and its parameters, and that function's derivatives.
 *
 * <p>A layer holds sizes, never weights or buffers: the {@link Frame} passes those in, so one
 * instance serves any number of threads. With the derivative of the loss by its output, dy, a layer
 * gives the derivative by its input, dx (Caffe's and Kaldi's {@code in_diff}), and the sums over
 * the mini-batch of the derivatives by its parameters ({@code W_diff}, {@code b_diff}).
 */
public interface Layer extends Serializable {
  /** What it reads, first input if there are several: one sample's shape. */
  Shape input();

  /** What it reads when it has several inputs, in their order; by default its only input. */
  default List<Shape> inputs() {
    return List.of(input());
  }

  /** What it gives: one sample's shape. */
  Shape output();

  /** Its trained arrays, in the order of their slices; none by default. */
  default List<Parameter> parameters() {
    return List.of();
  }

  /** Its numbers that follow the data without being trained; none by default. */
  default List<State> states() {
    return List.of();
  }

  /** Values that {@link #forward} leaves for {@link #backward}, however many samples there are. */
  default int sharedWorkspace() {
    return 0;
  }

  /** Values a sample that {@link #forward} leaves for {@link #backward}, besides x and y. */
  default int workspace() {
    return 0;
  }

  /**
   * Whether y is x under another shape, so that they share their memory and nothing is computed.
   */
  default boolean reshapesOnly() {
    return false;
  }

  /**
   * Multiplications with an addition that {@link #forward} takes for a sample; 0, by default, where
   * they are few beside a product's.
   */
  default long multiplyAdds() {
    return 0;
  }

  /** Computes y from x and the parameters. */
  void forward(Frame frame);

  /** Computes dx, unless nobody asks for it, and the parameters' gradients from x, y and dy. */
  void backward(Frame frame);

  /** Its formulas and their dimensions, for a reader; see {@link Equations}. */
  Equations equations();

  /** A few words with its sizes, for messages and pictures: {@code affine 784 -> 128}. */
  String describe();
}
