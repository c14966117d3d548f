package dev.tributary.nn;

import dev.tributary.engine.Activation;
import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** The activation that it is, if it follows from y alone what x's sign was; null for none. */
  default @Nullable Activation fusible() {
    return null;
  }

  /** Whether {@link #forward} applies {@link Frame#activation()} to what it gives. */
  default boolean appliesActivation() {
    return false;
  }

  /** Whether {@link #backward} may write dx over dy. */
  default boolean backwardInPlace() {
    return false;
  }

  /**
   * Whether the derivative by each input is dy itself: {@link #backward} then copies it only where
   * it is given another buffer for it.
   */
  default boolean passesGradient() {
    return false;
  }

  /**
   * Whether its i-th parameter is read as a factor of products alone: where these are of rounded
   * factors, it need not be held in full.
   */
  default boolean isFactor(int i) {
    return false;
  }

  /** Whether its input holds numbers of categories, which must not be rounded. */
  default boolean readsCategories() {
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
