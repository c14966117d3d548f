package dev.tributary.engine.plain;

import dev.tributary.engine.Activation;

/** The activations and their derivatives by x; formulas: {@link Activation.Kind}. */
final class Activations {
  private Activations() {}

  static double value(Activation f, double x) {
    double alpha = f.alpha();
    return switch (f.kind()) {
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case RELU -> Math.max(0, x);
      // Neither overflows nor loses small values.
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case ELU -> x > 0 ? x : alpha * Math.expm1(x);
      case SELU -> Activation.SELU_SCALE * (x > 0 ? x : Activation.SELU_ALPHA * Math.expm1(x));
      case GELU -> x * normalDistribution(x);
      case SILU -> x * sigmoid(x);
    };
  }

  static double slope(Activation f, double x) {
    double alpha = f.alpha();
    return switch (f.kind()) {
      case SIGMOID -> sigmoid(x) * (1 - sigmoid(x));
      case TANH -> 1 - Math.tanh(x) * Math.tanh(x);
      case RELU -> x > 0 ? 1 : 0;
      case SOFTPLUS -> sigmoid(x);
      case LEAKY_RELU -> x > 0 ? 1 : alpha;
      case ELU -> x > 0 ? 1 : alpha * Math.exp(x);
      case SELU -> Activation.SELU_SCALE * (x > 0 ? 1 : Activation.SELU_ALPHA * Math.exp(x));
      case GELU -> normalDistribution(x) + x * normalDensity(x);
      case SILU -> sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double normalDensity(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  /**
   * Φ(x) to double precision: {@code 1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …)} (Marsaglia: "Evaluating
   * the normal distribution", 2004). Beyond 10 it is 0 or 1 but for 1e-23.
   */
  private static double normalDistribution(double x) {
    if (Math.abs(x) > 10) {
      return x > 0 ? 1 : 0;
    }
    double sum = 0;
    double term = x;
    for (int k = 3; sum + term != sum; k += 2) {
      sum += term;
      term *= x * x / k;
    }
    return 0.5 + normalDensity(x) * sum;
  }
}
