package dev.tributary.engine.plain;

import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.NormSize;
import dev.tributary.engine.PoolSize;
import org.jspecify.annotations.Nullable;

/** The engine of definitions, in double precision. */
final class PlainEngine implements Engine {
  private static PlainBuffer plain(Buffer buffer) {
    return PlainBuffer.of(buffer);
  }

  @Override
  public Buffer allocate(int size) {
    return new PlainBuffer(new double[size], 0, size);
  }

  @Override
  public void affine(
      AffineSize size,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y) {
    Affine.forward(size, n, plain(x), plain(weight), bias == null ? null : plain(bias), plain(y));
    if (f != null) {
      activation(f, n * size.outputs(), y, y);
    }
  }

  @Override
  public void affineInputGradient(AffineSize size, int n, Buffer dy, Buffer weight, Buffer dx) {
    Affine.inputGradient(size, n, plain(dy), plain(weight), plain(dx));
  }

  @Override
  public void affineWeightGradient(
      AffineSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    Affine.weightGradient(
        size, n, plain(x), plain(dy), plain(dWeight), dBias == null ? null : plain(dBias));
  }

  @Override
  public void convolution(
      ConvolutionSize size,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y) {
    Convolution.forward(
        size, n, plain(x), plain(weight), bias == null ? null : plain(bias), plain(y));
    if (f != null) {
      activation(f, n * size.output().size(), y, y);
    }
  }

  @Override
  public void convolutionInputGradient(
      ConvolutionSize size, int n, Buffer dy, Buffer weight, Buffer dx) {
    Convolution.inputGradient(size, n, plain(dy), plain(weight), plain(dx));
  }

  @Override
  public void convolutionWeightGradient(
      ConvolutionSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    Convolution.weightGradient(
        size, n, plain(x), plain(dy), plain(dWeight), dBias == null ? null : plain(dBias));
  }

  @Override
  public void pool(PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows) {
    Pooling.forward(size, n, plain(x), plain(y));
  }

  @Override
  public void poolGradient(
      PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows, Buffer dy, Buffer dx) {
    Pooling.backward(size, n, plain(x), plain(dy), plain(dx));
  }

  @Override
  public void activation(Activation f, int count, Buffer x, Buffer y) {
    for (int i = 0; i < count; i++) {
      plain(y).set(i, Activations.value(f, plain(x).at(i)));
    }
  }

  @Override
  public void activationGradient(
      Activation f, int count, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    for (int i = 0; i < count; i++) {
      plain(dx).set(i, plain(dy).at(i) * Activations.slope(f, plain(x).at(i)));
    }
  }

  @Override
  public void softmax(int n, int classes, Buffer x, Buffer y) {
    Softmax.forward(n, classes, plain(x), plain(y));
  }

  @Override
  public void softmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    Softmax.backward(n, classes, plain(y), plain(dy), plain(dx));
  }

  @Override
  public void logSoftmax(int n, int classes, Buffer x, Buffer y) {
    Softmax.logForward(n, classes, plain(x), plain(y));
  }

  @Override
  public void logSoftmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    Softmax.logBackward(n, classes, plain(y), plain(dy), plain(dx));
  }

  @Override
  public void layerNorm(
      NormSize size, int n, Buffer x, Buffer gamma, Buffer beta, Buffer y, Buffer statistics) {
    LayerNorm.forward(size, n, plain(x), plain(gamma), plain(beta), plain(y), plain(statistics));
  }

  @Override
  public void layerNormGradient(
      NormSize size,
      int n,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta) {
    LayerNorm.backward(
        size,
        n,
        plain(x),
        plain(gamma),
        plain(statistics),
        plain(dy),
        dx == null ? null : plain(dx),
        plain(dGamma),
        plain(dBeta));
  }

  @Override
  public void columnStatistics(NormSize size, int rows, Buffer x, Buffer statistics) {
    BatchNorm.statistics(size, rows, plain(x), plain(statistics));
  }

  @Override
  public void batchNorm(
      NormSize size, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y) {
    BatchNorm.forward(size, rows, plain(x), plain(gamma), plain(beta), plain(statistics), plain(y));
  }

  @Override
  public void batchNormGradient(
      NormSize size,
      int rows,
      boolean constantStatistics,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta) {
    BatchNorm.backward(
        size,
        rows,
        constantStatistics,
        plain(x),
        plain(gamma),
        plain(statistics),
        plain(dy),
        dx == null ? null : plain(dx),
        plain(dGamma),
        plain(dBeta));
  }

  @Override
  public void multiply(int count, Buffer a, Buffer b, Buffer y) {
    for (int i = 0; i < count; i++) {
      plain(y).set(i, plain(a).at(i) * plain(b).at(i));
    }
  }

  @Override
  public void add(int count, Buffer a, Buffer b, @Nullable Activation f, Buffer y) {
    for (int i = 0; i < count; i++) {
      plain(y).set(i, plain(a).at(i) + plain(b).at(i));
    }
    if (f != null) {
      activation(f, count, y, y);
    }
  }

  @Override
  public void copyColumns(
      int rows,
      int columns,
      Buffer from,
      int fromWidth,
      int fromColumn,
      Buffer to,
      int toWidth,
      int toColumn) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        plain(to).set(r * toWidth + toColumn + c, plain(from).at(r * fromWidth + fromColumn + c));
      }
    }
  }

  @Override
  public void copy(int count, Buffer x, Buffer y) {
    plain(y).put(plain(x).values(count));
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
