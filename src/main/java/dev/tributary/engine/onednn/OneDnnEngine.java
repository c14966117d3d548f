package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Demand.holds;
import static dev.tributary.engine.onednn.Demand.mayHold;
import static dev.tributary.engine.onednn.Demand.mayHoldBytes;
import static dev.tributary.engine.onednn.Demand.positive;
import static dev.tributary.engine.onednn.Demand.sensible;

import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.NormSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Storage;
import org.jspecify.annotations.Nullable;

/**
 * The native engine. Here sizes are checked against the buffers; the classes that each operation is
 * handed to trust them, and so does oneDNN.
 */
final class OneDnnEngine implements Engine {
  private final Context context;
  private final Affine affine;
  private final Convolution convolution;
  private final Pooling pooling;
  private final Activations activations;
  private final Softmax softmax;
  private final Softmax logSoftmax;
  private final LayerNorm layerNorm;
  private final BatchNorm batchNorm;
  private final Elementwise elementwise;

  OneDnnEngine(OpenMp openMp, Precision precision) {
    context = new Context(openMp, precision);
    affine = new Affine(context);
    convolution = new Convolution(context);
    pooling = new Pooling(context);
    activations = new Activations(context);
    softmax = Softmax.plain(context);
    logSoftmax = Softmax.logarithm(context);
    Moments moments = new Moments(context);
    layerNorm = new LayerNorm(context, moments);
    batchNorm = new BatchNorm(context, moments);
    elementwise = new Elementwise(context);
  }

  @Override
  public Buffer allocate(int size) {
    return allocate(size, Storage.EXACT);
  }

  @Override
  public Buffer allocate(int size, Storage storage) {
    if (size < 0) {
      throw new IllegalArgumentException("a buffer cannot have " + size + " values");
    }
    return context.allocate(size, storage);
  }

  @Override
  public void affine(
      AffineSize s,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y) {
    sensible(s, n);
    affine.forward(
        s,
        n,
        holds("x", x, n, s.inputs()),
        holds("weight", weight, s.outputs(), s.inputs()),
        mayHold("bias", bias, 1, s.outputs()),
        f,
        holds("y", y, n, s.outputs()));
  }

  @Override
  public void affineInputGradient(AffineSize s, int n, Buffer dy, Buffer weight, Buffer dx) {
    sensible(s, n);
    affine.inputGradient(
        s,
        n,
        holds("dy", dy, n, s.outputs()),
        holds("weight", weight, s.outputs(), s.inputs()),
        holds("dx", dx, n, s.inputs()));
  }

  @Override
  public void affineWeightGradient(
      AffineSize s, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    sensible(s, n);
    affine.weightGradient(
        s,
        n,
        holds("x", x, n, s.inputs()),
        holds("dy", dy, n, s.outputs()),
        holds("dWeight", dWeight, s.outputs(), s.inputs()),
        mayHold("dBias", dBias, 1, s.outputs()));
  }

  @Override
  public void convolution(
      ConvolutionSize s,
      int n,
      Buffer x,
      Buffer weight,
      @Nullable Buffer bias,
      @Nullable Activation f,
      Buffer y) {
    sensible(s, n);
    convolution.forward(
        s,
        n,
        holds("x", x, n, s.input().size()),
        holds("weight", weight, s.filters(), s.patch()),
        mayHold("bias", bias, 1, s.filters()),
        f,
        holds("y", y, n, s.output().size()));
  }

  @Override
  public void convolutionInputGradient(
      ConvolutionSize s, int n, Buffer dy, Buffer weight, Buffer dx) {
    sensible(s, n);
    convolution.inputGradient(
        s,
        n,
        holds("dy", dy, n, s.output().size()),
        holds("weight", weight, s.filters(), s.patch()),
        holds("dx", dx, n, s.input().size()));
  }

  @Override
  public void convolutionWeightGradient(
      ConvolutionSize s, int n, Buffer x, Buffer dy, Buffer dWeight, @Nullable Buffer dBias) {
    sensible(s, n);
    convolution.weightGradient(
        s,
        n,
        holds("x", x, n, s.input().size()),
        holds("dy", dy, n, s.output().size()),
        holds("dWeight", dWeight, s.filters(), s.patch()),
        mayHold("dBias", dBias, 1, s.filters()));
  }

  @Override
  public void pool(PoolSize s, int n, Buffer x, Buffer y, @Nullable Buffer windows) {
    sensible(s, n);
    pooling.forward(
        s,
        n,
        holds("x", x, n, s.input().size()),
        holds("y", y, n, s.output().size()),
        mayHoldBytes("windows", windows, n, s.memory()));
  }

  @Override
  public void poolGradient(
      PoolSize s, int n, Buffer x, Buffer y, @Nullable Buffer windows, Buffer dy, Buffer dx) {
    sensible(s, n);
    pooling.gradient(
        s,
        n,
        holds("x", x, n, s.input().size()),
        mayHoldBytes("windows", windows, n, s.memory()),
        holds("dy", dy, n, s.output().size()),
        holds("dx", dx, n, s.input().size()));
  }

  @Override
  public void activation(Activation f, int count, Buffer x, Buffer y) {
    positive("count", count);
    activations.forward(f, count, holds("x", x, 1, count), holds("y", y, 1, count));
  }

  @Override
  public void activationGradient(
      Activation f, int count, Buffer x, Buffer y, Buffer dy, Buffer dx) {
    positive("count", count);
    activations.gradient(
        f, count, holds("x", x, 1, count), holds("dy", dy, 1, count), holds("dx", dx, 1, count));
  }

  @Override
  public void softmax(int n, int classes, Buffer x, Buffer y) {
    sensible(n, classes);
    softmax.forward(n, classes, holds("x", x, n, classes), holds("y", y, n, classes));
  }

  @Override
  public void softmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    sensible(n, classes);
    softmax.gradient(
        n,
        classes,
        holds("y", y, n, classes),
        holds("dy", dy, n, classes),
        holds("dx", dx, n, classes));
  }

  @Override
  public void logSoftmax(int n, int classes, Buffer x, Buffer y) {
    sensible(n, classes);
    logSoftmax.forward(n, classes, holds("x", x, n, classes), holds("y", y, n, classes));
  }

  @Override
  public void logSoftmaxGradient(int n, int classes, Buffer y, Buffer dy, Buffer dx) {
    sensible(n, classes);
    logSoftmax.gradient(
        n,
        classes,
        holds("y", y, n, classes),
        holds("dy", dy, n, classes),
        holds("dx", dx, n, classes));
  }

  @Override
  public void layerNorm(
      NormSize s, int n, Buffer x, Buffer gamma, Buffer beta, Buffer y, Buffer statistics) {
    sensible(n, s.features());
    layerNorm.forward(
        s,
        n,
        holds("x", x, n, s.features()),
        holds("gamma", gamma, 1, s.features()),
        holds("beta", beta, 1, s.features()),
        holds("y", y, n, s.features()),
        holds("statistics", statistics, n, 2));
  }

  @Override
  public void layerNormGradient(
      NormSize s,
      int n,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta) {
    sensible(n, s.features());
    layerNorm.gradient(
        s,
        n,
        holds("x", x, n, s.features()),
        holds("gamma", gamma, 1, s.features()),
        holds("statistics", statistics, n, 2),
        holds("dy", dy, n, s.features()),
        mayHold("dx", dx, n, s.features()),
        holds("dGamma", dGamma, 1, s.features()),
        holds("dBeta", dBeta, 1, s.features()));
  }

  @Override
  public void columnStatistics(NormSize s, int rows, Buffer x, Buffer statistics) {
    sensible(rows, s.features());
    batchNorm.statistics(
        s,
        rows,
        holds("x", x, rows, s.features()),
        holds("statistics", statistics, 3, s.features()));
  }

  @Override
  public void batchNorm(
      NormSize s, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y) {
    sensible(rows, s.features());
    batchNorm.forward(
        s,
        rows,
        holds("x", x, rows, s.features()),
        holds("gamma", gamma, 1, s.features()),
        holds("beta", beta, 1, s.features()),
        holds("statistics", statistics, 2, s.features()),
        holds("y", y, rows, s.features()));
  }

  @Override
  public void batchNormOfBatch(
      NormSize s, int rows, Buffer x, Buffer gamma, Buffer beta, Buffer statistics, Buffer y) {
    sensible(rows, s.features());
    batchNorm.forwardOfBatch(
        s,
        rows,
        holds("x", x, rows, s.features()),
        holds("gamma", gamma, 1, s.features()),
        holds("beta", beta, 1, s.features()),
        holds("statistics", statistics, 3, s.features()),
        holds("y", y, rows, s.features()));
  }

  @Override
  public void batchNormGradient(
      NormSize s,
      int rows,
      boolean constantStatistics,
      Buffer x,
      Buffer gamma,
      Buffer statistics,
      Buffer dy,
      @Nullable Buffer dx,
      Buffer dGamma,
      Buffer dBeta) {
    sensible(rows, s.features());
    batchNorm.gradient(
        s,
        rows,
        constantStatistics,
        holds("x", x, rows, s.features()),
        holds("gamma", gamma, 1, s.features()),
        holds("statistics", statistics, 2, s.features()),
        holds("dy", dy, rows, s.features()),
        mayHold("dx", dx, rows, s.features()),
        holds("dGamma", dGamma, 1, s.features()),
        holds("dBeta", dBeta, 1, s.features()));
  }

  @Override
  public void multiply(int count, Buffer a, Buffer b, Buffer y) {
    positive("count", count);
    elementwise.multiply(
        count, holds("a", a, 1, count), holds("b", b, 1, count), holds("y", y, 1, count));
  }

  @Override
  public void add(int count, Buffer a, Buffer b, @Nullable Activation f, Buffer y) {
    positive("count", count);
    elementwise.add(
        count, holds("a", a, 1, count), holds("b", b, 1, count), f, holds("y", y, 1, count));
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
    sensible(rows, columns);
    elementwise.copyColumns(
        rows,
        columns,
        columns("from", rows, columns, from, fromWidth, fromColumn),
        fromWidth,
        columns("to", rows, columns, to, toWidth, toColumn),
        toWidth);
  }

  /** The matrix from its first column that is asked for. */
  private static NativeBuffer columns(
      String name, int rows, int columns, Buffer matrix, int width, int first) {
    if (first < 0 || first > width - columns) {
      throw new IllegalArgumentException(
          String.format(
              "%s has %d columns, so it has no %d from column %d", name, width, columns, first));
    }
    holds(name, matrix, rows, width);
    return (NativeBuffer) matrix.slice(first, matrix.size() - first);
  }

  @Override
  public void copy(int count, Buffer x, Buffer y) {
    positive("count", count);
    elementwise.copy(count, holds("x", x, 1, count), holds("y", y, 1, count));
  }

  @Override
  public void close() {
    context.close();
  }
}
