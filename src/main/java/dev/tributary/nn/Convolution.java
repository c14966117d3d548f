package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Locale;

/**
 * The convolution layer: every filter at every position is a dot product with the patch of the
 * image under it, plus a bias.
 *
 * <p>x is (n, height, width, channels), W is (filters, kernel height, kernel width, channels /
 * groups), b is (filters), y is (n, output height, output width, filters), with output height =
 * ⌊(height + 2 padding − extent) / stride⌋ + 1, where extent = (kernel − 1) dilation + 1, and the
 * width likewise. With the patches as rows (im2col) it is {@link Affine} over positions, forward
 * and backward.
 */
public final class Convolution implements Layer {
  private static final long serialVersionUID = 1L;

  private final ConvolutionSize size;
  private final boolean bias;
  private final Initializer initializer;

  /**
   * A convolution layer.
   *
   * @throws IllegalArgumentException if the kernel does not fit in the padded image, or groups do
   *     not divide channels and filters
   */
  public Convolution(ConvolutionSize size, boolean bias, Initializer initializer) {
    this.size = size;
    this.bias = bias;
    this.initializer = initializer;
    Fit.kernel("convolution", size.input(), size.vertical(), size.horizontal());
    int channels = size.input().channels();
    if (size.filters() < 1) {
      throw new IllegalArgumentException("filters must be at least 1, not " + size.filters());
    }
    if (size.groups() < 1 || channels % size.groups() != 0 || size.filters() % size.groups() != 0) {
      throw new IllegalArgumentException(
          "groups must divide both the "
              + channels
              + " channels of the input and the "
              + size.filters()
              + " filters; "
              + size.groups()
              + " does not");
    }
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
  public List<Parameter> parameters() {
    Window down = size.vertical();
    Window across = size.horizontal();
    Parameter weight =
        new Parameter(
            "weight",
            List.of(size.filters(), down.kernel(), across.kernel(), size.groupChannels()),
            initializer,
            size.patch(),
            down.kernel() * across.kernel() * size.groupFilters());
    return bias ? List.of(weight, Parameter.bias(size.filters())) : List.of(weight);
  }

  /** The weight is; the bias is added. */
  @Override
  public boolean isFactor(int i) {
    return i == 0;
  }

  @Override
  public boolean appliesActivation() {
    return true;
  }

  @Override
  public void forward(Frame f) {
    Buffer b = bias ? f.parameter(1) : null;
    f.engine().convolution(size, f.n(), f.x(), f.parameter(0), b, f.activation(), f.y());
  }

  @Override
  public void backward(Frame f) {
    Buffer dx = f.dx();
    if (dx != null) {
      f.engine().convolutionInputGradient(size, f.n(), f.dy(), f.parameter(0), dx);
    }
    Buffer dBias = bias ? f.parameterGradient(1) : null;
    f.engine().convolutionWeightGradient(size, f.n(), f.x(), f.dy(), f.parameterGradient(0), dBias);
  }

  /**
   * As a product of matrices: P has a patch of x, Y the values of y, for each position in each
   * sample.
   */
  @Override
  public long multiplyAdds() {
    return (long) size.output().size() * size.patch();
  }

  @Override
  public Equations equations() {
    int positions = -size.output().height() * size.output().width();
    Equations e =
        new Equations()
            .shaped("x", size.input())
            .shaped("y", size.output())
            .where("P", positions, size.patch())
            .where("Y", positions, size.filters())
            .where("W", size.filters(), size.patch())
            .where("o", positions);
    if (bias) {
      e.where("b", size.filters()).say("Y = P Wᵀ + b");
    } else {
      e.say("Y = P Wᵀ");
    }
    e.say("dP = dY W").say("dW = dYᵀ P");
    if (bias) {
      e.say("db = dYᵀ o");
    }
    e.note("P has a row for each position of the kernel in each sample: the patch of x under it.");
    e.note("Y is y with a row for each position; dx sums dP at the pixels the patches came from.");
    return size.groups() == 1
        ? e
        : e.note(
            "So for each of "
                + size.groups()
                + " groups by itself, with its channels of x and its filters of Y.");
  }

  @Override
  public String describe() {
    return "convolution "
        + Fit.describe(size.vertical(), size.horizontal())
        + (size.groups() > 1 ? " in " + size.groups() + " groups" : "")
        + (size.algorithm() == ConvolutionAlgorithm.AUTO
            ? ""
            : " by " + size.algorithm().name().toLowerCase(Locale.ROOT))
        + ", "
        + size.input()
        + " -> "
        + size.output();
  }
}
