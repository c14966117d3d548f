package dev.tributary.engine;

import org.jspecify.annotations.Nullable;

/**
 * The operations that cost time, and the memory they work on.
 *
 * <p>An engine is used by one thread, and every operation is a pure function of its inputs: the
 * same values in give the same bytes out, whatever ran before. Batches are n samples, row-major.
 * Gradients are sums over the n samples, and what is named as a result is overwritten. Sizes are
 * checked by the network when it is built, not here.
 *
 * <p>Names: x is a layer's input, y its output, dx and dy the loss's derivatives by them.
 */
public interface Engine extends AutoCloseable {
  /** A new buffer of zeros, held exactly. */
  Buffer allocate(int size);

  /** A new buffer of zeros, held as its use allows. */
  default Buffer allocate(int size, Storage storage) {
    return allocate(size);
  }

  /**
   * {@code y = f(x Wᵀ + b)}. x is (n, inputs), weight (outputs, inputs), bias (outputs), y (n,
   * outputs). f, value by value, may be left out, as bias may.
   */
  void affine(
      AffineSize size,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y);

  /** The same without an activation. */
  default void affine(
      AffineSize size, int n, Buffer x, Buffer weight, @Nullable Buffer bias, Buffer y) {
    affine(size, n, x, weight, bias, null, y);
  }

  /** {@code dx = dy W}: (n, inputs) = (n, outputs)(outputs, inputs). */
  void affineInputGradient(AffineSize size, int n, Buffer dy, Buffer weight, Buffer dx);

  /**
   * {@code dW = dyᵀ x}: (outputs, inputs) = (outputs, n)(n, inputs), and {@code db = dyᵀ 1}: the
   * product over n is what sums the gradient over the mini-batch.
   */
  void affineWeightGradient(
      AffineSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias);

  /**
   * Convolution (cross-correlation, as the field has it), and f behind it, value by value. x is (n,
   * height, width, channels), weight (filters, kernel height, kernel width, channels / groups),
   * bias (filters), y (n, output height, output width, filters). Bias and f may be left out.
   */
  void convolution(
      ConvolutionSize size,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y);

  /** The same without an activation. */
  default void convolution(
      ConvolutionSize size, int n, Buffer x, Buffer weight, @Nullable Buffer bias, Buffer y) {
    convolution(size, n, x, weight, bias, null, y);
  }

  /** The convolution's gradient by its input. */
  void convolutionInputGradient(ConvolutionSize size, int n, Buffer dy, Buffer weight, Buffer dx);

  /** The convolution's gradient by its weight and bias. */
  void convolutionWeightGradient(
      ConvolutionSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias);

  /**
   * Pooling. x is (n, height, width, channels), y (n, output height, output width, channels).
   *
   * @param windows receives what the engine wants to remember for {@link #poolGradient}: {@link
   *     PoolSize#memory()} values a sample; null if there will be no gradient
   */
  void pool(PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows);

  /**
   * Pooling's gradient; a maximum that occurs twice in a window passes it to the first.
   *
   * @param windows what {@link #pool} left, or null: it is then found again
   */
  void poolGradient(
      PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows, Buffer dy, Buffer dx);

  /** {@code y = f(x)}, value by value; y may be x. */
  void activation(Activation f, int count, Buffer x, Buffer y);

  /** {@code dx = dy f'(x)}, value by value; y is {@code f(x)}, and dx may be dy. */
  void activationGradient(Activation f, int count, Buffer x, Buffer y, Buffer dy, Buffer dx);

  /** Softmax of each of n rows of {@code classes} values, shifted by the row's maximum. */
  void softmax(int n, int classes, Buffer x, Buffer y);

  /** {@code dx = y (dy − Σ dy y)}, row by row. */
  void softmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx);

  /** {@code y = x − log Σ exp x} of each of n rows, shifted by the row's maximum. */
  void logSoftmax(int n, int classes, Buffer x, Buffer y);

  /** {@code dx = dy − exp(y) Σ dy}, row by row. */
  void logSoftmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx);

  /**
   * Layer normalisation of each of n rows: {@code y = γ x̂ + β} with {@code x̂ = (x − mean) /
   * √(variance + ε)}. γ and β are (features); statistics, (n, 2), receives each row's mean and
   * {@code 1 / √(variance + ε)}.
   */
  void layerNorm(
      NormSize size, int n, Buffer x, Buffer gamma, Buffer beta, Buffer y, Buffer statistics);

  /**
   * With {@code g = γ dy}: {@code dx = (g − mean(g) − x̂ mean(g x̂)) / √(variance + ε)}, means over
   * a row; {@code dγ = Σ dy x̂}, {@code dβ = Σ dy} over the rows. dx may be null.
   */
  void layerNormGradient(
      NormSize size,
      int n,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta);

  /**
   * The mean and variance of each of the columns of x, (rows, features): statistics, (3, features),
   * receives the means, {@code 1 / √(variance + ε)}, and the variances as estimates of the
   * population's (divided by rows − 1, or by 1 if there is one row).
   */
  void columnStatistics(NormSize size, int rows, Buffer x, Buffer statistics);

  /**
   * {@code y = γ x̂ + β} with {@code x̂ = (x − mean) / √(variance + ε)} by the statistics given.
   */
  void batchNorm(
      NormSize size, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y);

  /**
   * {@link #columnStatistics} of x, and {@link #batchNorm} by them: what training does.
   *
   * @param statistics receives them, (3, features)
   */
  default void batchNormOfBatch(
      NormSize size, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y) {
    columnStatistics(size, rows, x, statistics);
    batchNorm(size, rows, x, gamma, beta, statistics, y);
  }

  /**
   * {@code dγ = Σ dy x̂}, {@code dβ = Σ dy} over the rows, and {@code dx = γ (dy − dβ / rows − x̂
   * dγ / rows) / √(variance + ε)}; where the statistics are constants, {@code dx = γ dy /
   * √(variance + ε)}. dx may be null.
   */
  void batchNormGradient(
      NormSize size,
      int rows,
      boolean constantStatistics,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta);

  /** {@code y = a b}, value by value. */
  void multiply(int count, Buffer a, Buffer b, Buffer y);

  /** {@code y = f(a + b)}, value by value; y may be a or b, and f may be left out. */
  void add(int count, Buffer a, Buffer b, @Nullable Activation f, Buffer y);

  /** The same without an activation. */
  default void add(int count, Buffer a, Buffer b, Buffer y) {
    add(count, a, b, null, y);
  }

  /**
   * Copies columns of one row-major matrix to columns of another: {@code to[r, toColumn + c] =
   * from[r, fromColumn + c]} for c below {@code columns}.
   *
   * @param fromWidth all columns of {@code from}
   * @param toWidth all columns of {@code to}
   */
  void copyColumns(
      int rows,
      int columns,
      Buffer from,
      int fromWidth,
      int fromColumn,
      Buffer to,
      int toWidth,
      int toColumn);

  /** {@code y = x}. */
  void copy(int count, Buffer x, Buffer y);

  /** Frees what the engine holds outside the heap. */
  @Override
  void close();
}
