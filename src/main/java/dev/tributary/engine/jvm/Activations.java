package dev.tributary.engine.jvm;

import dev.tributary.engine.Activation;
import java.util.function.DoubleUnaryOperator;

/**
 * The activations. ReLU and its leaky kin are loops that vectorise; the others are bound by their
 * exponentials and share one loop, in double precision.
 */
final class Activations {
  private Activations() {}

  static void forward(Activation f, int count, HeapBuffer x, HeapBuffer y) {
    switch (f.kind()) {
      case RELU -> leakyRelu(0f, count, x.data, x.offset, y.data, y.offset);
      case LEAKY_RELU -> leakyRelu(f.alpha(), count, x.data, x.offset, y.data, y.offset);
      default -> map(function(f), count, x.data, x.offset, y.data, y.offset);
    }
  }

  static void backward(
      Activation f, int count, HeapBuffer x, HeapBuffer y, HeapBuffer dy, HeapBuffer dx) {
    float[] from = dependsOnOutput(f.kind()) ? y.data : x.data;
    int at = dependsOnOutput(f.kind()) ? y.offset : x.offset;
    switch (f.kind()) {
      case RELU -> leakyReluSlope(0f, count, from, at, dy.data, dy.offset, dx.data, dx.offset);
      case LEAKY_RELU ->
          leakyReluSlope(f.alpha(), count, from, at, dy.data, dy.offset, dx.data, dx.offset);
      default -> {
        DoubleUnaryOperator slope = slope(f);
        for (int i = 0; i < count; i++) {
          double d = slope.applyAsDouble(from[at + i]);
          dx.data[dx.offset + i] = (float) (dy.data[dy.offset + i] * d);
        }
      }
    }
  }

  /** Whether the derivative is told by y, and not by x. */
  private static boolean dependsOnOutput(Activation.Kind kind) {
    return kind == Activation.Kind.SIGMOID || kind == Activation.Kind.TANH;
  }

  private static void map(DoubleUnaryOperator f, int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      y[yi + i] = (float) f.applyAsDouble(x[xi + i]);
    }
  }

  private static DoubleUnaryOperator function(Activation f) {
    double alpha = f.alpha();
    return switch (f.kind()) {
      case SIGMOID -> Activations::sigmoid;
      case TANH -> Math::tanh;
      // Neither overflows nor loses small values.
      case SOFTPLUS -> x -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case ELU -> x -> x > 0 ? x : alpha * Math.expm1(x);
      case SELU -> x -> Activation.SELU_SCALE * (x > 0 ? x : Activation.SELU_ALPHA * Math.expm1(x));
      case GELU -> x -> x * Normal.distribution(x);
      case SILU -> x -> x * sigmoid(x);
      case RELU, LEAKY_RELU -> throw new IllegalArgumentException("has a loop of its own: " + f);
    };
  }

  private static DoubleUnaryOperator slope(Activation f) {
    double alpha = f.alpha();
    return switch (f.kind()) {
      case SIGMOID -> y -> y * (1 - y);
      case TANH -> y -> 1 - y * y;
      case SOFTPLUS -> Activations::sigmoid;
      case ELU -> x -> x > 0 ? 1 : alpha * Math.exp(x);
      case SELU -> x -> Activation.SELU_SCALE * (x > 0 ? 1 : Activation.SELU_ALPHA * Math.exp(x));
      case GELU -> x -> Normal.distribution(x) + x * Normal.density(x);
      case SILU -> x -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
      case RELU, LEAKY_RELU -> throw new IllegalArgumentException("has a loop of its own: " + f);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static void leakyRelu(float alpha, int count, float[] x, int xi, float[] y, int yi) {
    for (int i = 0; i < count; i++) {
      y[yi + i] = Math.max(x[xi + i], 0f) + alpha * Math.min(x[xi + i], 0f);
    }
  }

  /**
   * dy where x is above 0, else alpha dy. The factor {@code min(1, max(0, x) · 2^149)} is exactly 0
   * or 1, as 2^-149 is the smallest float above 0; a conditional would not vectorise.
   */
  private static void leakyReluSlope(
      float alpha, int count, float[] x, int xi, float[] dy, int dyi, float[] dx, int dxi) {
    for (int i = 0; i < count; i++) {
      float above = Math.min(1f, Math.max(x[xi + i], 0f) * 0x1p100f * 0x1p49f);
      dx[dxi + i] = dy[dyi + i] * (above + alpha * (1f - above));
    }
  }
}
