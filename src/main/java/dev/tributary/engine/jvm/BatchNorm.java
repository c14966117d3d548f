package dev.tributary.engine.jvm;

import dev.tributary.engine.NormSize;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation; the formulas stand in {@link dev.tributary.engine.Engine}.
 *
 * <p>The rows lie one after the other and are often short, so the loops go over {@link Tile}s of
 * several rows, with a column's numbers repeated for each: such loops vectorise. Sums are taken in
 * float32 over a few rows, and of those in double precision.
 */
final class BatchNorm {
  private BatchNorm() {}

  static void statistics(NormSize s, int rows, HeapBuffer x, HeapBuffer statistics) {
    int features = s.features();
    Tile tile = new Tile(features, rows);
    double[] mean = new double[features];
    tile.each((from, width, sums) -> add(x.data, x.offset + from, width, sums), mean);
    float[] centre = new float[features];
    for (int j = 0; j < features; j++) {
      mean[j] /= rows;
      centre[j] = (float) mean[j];
    }
    float[] centres = tile.repeat(centre, 0);
    double[] squares = new double[features];
    tile.each(
        (from, width, sums) -> addSquares(x.data, x.offset + from, centres, width, sums), squares);
    for (int j = 0; j < features; j++) {
      // The centre was rounded; the squares are about the mean.
      double variance = squares[j] / rows - (mean[j] - centre[j]) * (mean[j] - centre[j]);
      double clipped = Math.max(0, variance);
      int at = statistics.offset + j;
      statistics.data[at] = centre[j];
      statistics.data[at + features] = (float) (1 / Math.sqrt(clipped + s.epsilon()));
      statistics.data[at + 2 * features] = (float) (clipped * rows / Math.max(1, rows - 1));
    }
  }

  private static void add(float[] x, int from, int width, float[] sums) {
    for (int i = 0; i < width; i++) {
      sums[i] += x[from + i];
    }
  }

  private static void addSquares(float[] x, int from, float[] mean, int width, float[] sums) {
    for (int i = 0; i < width; i++) {
      float centred = x[from + i] - mean[i];
      sums[i] += centred * centred;
    }
  }

  static void forward(
      NormSize s,
      int rows,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer beta,
      HeapBuffer statistics,
      HeapBuffer y) {
    int features = s.features();
    Tile tile = new Tile(features, rows);
    float[] factor = new float[features];
    for (int j = 0; j < features; j++) {
      factor[j] = statistics.data[statistics.offset + features + j] * gamma.data[gamma.offset + j];
    }
    float[] means = tile.repeat(statistics.data, statistics.offset);
    float[] factors = tile.repeat(factor, 0);
    float[] shifts = tile.repeat(beta.data, beta.offset);
    for (int from = 0; from < tile.values(); from += tile.width()) {
      int width = tile.widthFrom(from);
      normalise(x.data, x.offset + from, means, factors, shifts, width, y.data, y.offset + from);
    }
  }

  private static void normalise(
      float[] x,
      int from,
      float[] mean,
      float[] factor,
      float[] shift,
      int width,
      float[] y,
      int to) {
    for (int i = 0; i < width; i++) {
      y[to + i] = (x[from + i] - mean[i]) * factor[i] + shift[i];
    }
  }

  static void backward(
      NormSize s,
      int rows,
      boolean constantStatistics,
      HeapBuffer x,
      HeapBuffer gamma,
      HeapBuffer statistics,
      HeapBuffer dy,
      @Nullable HeapBuffer dx,
      HeapBuffer dGamma,
      HeapBuffer dBeta) {
    int features = s.features();
    Tile tile = new Tile(features, rows);
    float[] means = tile.repeat(statistics.data, statistics.offset);
    double[] sums = new double[features];
    double[] products = new double[features];
    tile.each((from, width, some) -> add(dy.data, dy.offset + from, width, some), sums);
    tile.each(
        (from, width, some) ->
            addProducts(dy.data, dy.offset + from, x.data, x.offset + from, means, width, some),
        products);
    float[] factor = new float[features];
    float[] ofSum = new float[features];
    float[] ofProduct = new float[features];
    double share = constantStatistics ? 0 : 1.0 / rows;
    for (int j = 0; j < features; j++) {
      double scale = statistics.data[statistics.offset + features + j];
      dGamma.data[dGamma.offset + j] = (float) (products[j] * scale);
      dBeta.data[dBeta.offset + j] = (float) sums[j];
      factor[j] = (float) (gamma.data[gamma.offset + j] * scale);
      ofSum[j] = (float) (share * sums[j]);
      ofProduct[j] = (float) (share * products[j] * scale * scale);
    }
    if (dx == null) {
      return;
    }
    float[] factors = tile.repeat(factor, 0);
    float[] ofSums = tile.repeat(ofSum, 0);
    float[] ofProducts = tile.repeat(ofProduct, 0);
    for (int from = 0; from < tile.values(); from += tile.width()) {
      int width = tile.widthFrom(from);
      inputGradient(x, dy, dx, from, means, factors, ofSums, ofProducts, width);
    }
  }

  private static void addProducts(
      float[] dy, int at, float[] x, int from, float[] mean, int width, float[] sums) {
    for (int i = 0; i < width; i++) {
      sums[i] += dy[at + i] * (x[from + i] - mean[i]);
    }
  }

  private static void inputGradient(
      HeapBuffer x,
      HeapBuffer dy,
      HeapBuffer dx,
      int from,
      float[] mean,
      float[] factor,
      float[] ofSum,
      float[] ofProduct,
      int width) {
    float[] in = x.data;
    float[] slopes = dy.data;
    float[] out = dx.data;
    int atX = x.offset + from;
    int atDy = dy.offset + from;
    int to = dx.offset + from;
    for (int i = 0; i < width; i++) {
      float rest = slopes[atDy + i] - ofSum[i] - (in[atX + i] - mean[i]) * ofProduct[i];
      out[to + i] = rest * factor[i];
    }
  }
}
