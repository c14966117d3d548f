package dev.tributary.engine.jvm;

import dev.ludovic.netlib.blas.BLAS;
import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.NormSize;
import dev.tributary.engine.PoolSize;
import org.jspecify.annotations.Nullable;

/** The portable engine: heap arrays, netlib's products. */
final class JvmEngine implements Engine {
  private final Affine affine;
  private final Convolution convolution;
  private final FrequencyConvolution frequencyConvolution;

  JvmEngine(BLAS blas) {
    MatrixProduct product = new MatrixProduct(blas);
    this.affine = new Affine(product);
    this.convolution = new Convolution(product);
    this.frequencyConvolution = new FrequencyConvolution(product);
  }

  /** The buffer as this engine's own kind; another engine's buffer here is a programming error. */
  private static HeapBuffer heap(Buffer buffer) {
    return (HeapBuffer) buffer;
  }

  private static boolean isByFrequency(ConvolutionSize size) {
    return ConvolutionCost.choose(size) == ConvolutionAlgorithm.FFT;
  }

  @Override
  public Buffer allocate(int size) {
    return new HeapBuffer(new float[size], 0, size);
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
    affine.forward(size, n, heap(x), heap(weight), bias == null ? null : heap(bias), heap(y));
    if (f != null) {
      activation(f, n * size.outputs(), y, y);
    }
  }

  @Override
  public void affineInputGradient(AffineSize size, int n, Buffer dy, Buffer weight, Buffer dx) {
    affine.inputGradient(size, n, heap(dy), heap(weight), heap(dx));
  }

  @Override
  public void affineWeightGradient(
      AffineSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    affine.weightGradient(
        size, n, heap(x), heap(dy), heap(dWeight), dBias == null ? null : heap(dBias));
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
    if (isByFrequency(size)) {
      frequencyConvolution.forward(
          size, n, heap(x), heap(weight), bias == null ? null : heap(bias), heap(y));
    } else {
      convolution.forward(
          size, n, heap(x), heap(weight), bias == null ? null : heap(bias), heap(y));
    }
    if (f != null) {
      activation(f, n * size.output().size(), y, y);
    }
  }

  @Override
  public void convolutionInputGradient(
      ConvolutionSize size, int n, Buffer dy, Buffer weight, Buffer dx) {
    if (isByFrequency(size)) {
      frequencyConvolution.inputGradient(size, n, heap(dy), heap(weight), heap(dx));
    } else {
      convolution.inputGradient(size, n, heap(dy), heap(weight), heap(dx));
    }
  }

  @Override
  public void convolutionWeightGradient(
      ConvolutionSize size, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    HeapBuffer db = dBias == null ? null : heap(dBias);
    if (isByFrequency(size)) {
      frequencyConvolution.weightGradient(size, n, heap(x), heap(dy), heap(dWeight), db);
    } else {
      convolution.weightGradient(size, n, heap(x), heap(dy), heap(dWeight), db);
    }
  }

  @Override
  public void pool(PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows) {
    Pooling.forward(size, n, heap(x), heap(y));
  }

  @Override
  public void poolGradient(
      PoolSize size, int n, Buffer x, Buffer y, @Nullable Buffer windows, Buffer dy, Buffer dx) {
    Pooling.backward(size, n, heap(x), heap(y), heap(dy), heap(dx));
  }

  @Override
  public void activation(Activation f, int count, Buffer x, Buffer y) {
    Activations.forward(f, count, heap(x), heap(y));
  }

  @Override
  public void activationGradient(
      Activation f, int count, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    Activations.backward(f, count, heap(x), heap(y), heap(dy), heap(dx));
  }

  @Override
  public void softmax(int n, int classes, Buffer x, Buffer y) {
    Softmax.forward(n, classes, heap(x), heap(y));
  }

  @Override
  public void softmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    Softmax.backward(n, classes, heap(y), heap(dy), heap(dx));
  }

  @Override
  public void logSoftmax(int n, int classes, Buffer x, Buffer y) {
    Softmax.logForward(n, classes, heap(x), heap(y));
  }

  @Override
  public void logSoftmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    Softmax.logBackward(n, classes, heap(y), heap(dy), heap(dx));
  }

  @Override
  public void layerNorm(
      NormSize size, int n, Buffer x, Buffer gamma, Buffer beta, Buffer y, Buffer statistics) {
    LayerNorm.forward(size, n, heap(x), heap(gamma), heap(beta), heap(y), heap(statistics));
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
        heap(x),
        heap(gamma),
        heap(statistics),
        heap(dy),
        dx == null ? null : heap(dx),
        heap(dGamma),
        heap(dBeta));
  }

  @Override
  public void columnStatistics(NormSize size, int rows, Buffer x, Buffer statistics) {
    BatchNorm.statistics(size, rows, heap(x), heap(statistics));
  }

  @Override
  public void batchNorm(
      NormSize size, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y) {
    BatchNorm.forward(size, rows, heap(x), heap(gamma), heap(beta), heap(statistics), heap(y));
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
        heap(x),
        heap(gamma),
        heap(statistics),
        heap(dy),
        dx == null ? null : heap(dx),
        heap(dGamma),
        heap(dBeta));
  }

  @Override
  public void multiply(int count, Buffer a, Buffer b, Buffer y) {
    Elementwise.multiply(count, heap(a), heap(b), heap(y));
  }

  @Override
  public void add(int count, Buffer a, Buffer b, @Nullable Activation f, Buffer y) {
    Elementwise.add(count, heap(a), heap(b), heap(y));
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
    HeapBuffer source = heap(from);
    HeapBuffer target = heap(to);
    for (int r = 0; r < rows; r++) {
      int at = source.offset + r * fromWidth + fromColumn;
      System.arraycopy(
          source.data, at, target.data, target.offset + r * toWidth + toColumn, columns);
    }
  }

  @Override
  public void copy(int count, Buffer x, Buffer y) {
    heap(y).put(heap(x).data, heap(x).offset, count);
  }

  @Override
  public void close() {
    // Everything is on the heap.
  }
}
