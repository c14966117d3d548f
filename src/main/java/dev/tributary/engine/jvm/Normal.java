package dev.tributary.engine.jvm;

/** The standard normal distribution. */
final class Normal {
  private static final double ROOT_2PI = Math.sqrt(2 * Math.PI);
  private static final double ROOT_HALF = Math.sqrt(0.5);

  private Normal() {}

  /** {@code exp(−x²/2) / √(2π)}. */
  static double density(double x) {
    return Math.exp(-x * x / 2) / ROOT_2PI;
  }

  /** Φ(x): the probability below x. */
  static double distribution(double x) {
    return x < 0 ? 0.5 * erfc(-x * ROOT_HALF) : 1 - 0.5 * erfc(x * ROOT_HALF);
  }

  /**
   * The complementary error function of x ≥ 0, to a relative error of 1.2e-7, twice float32's
   * rounding. (Press, Teukolsky, Vetterling, Flannery: "Numerical recipes in C", 2nd edition,
   * section 6.2: a Chebyshev fit.)
   */
  private static double erfc(double x) {
    double t = 1 / (1 + 0.5 * x);
    double p = 0.17087277;
    p = p * t - 0.82215223;
    p = p * t + 1.48851587;
    p = p * t - 1.13520398;
    p = p * t + 0.27886807;
    p = p * t - 0.18628806;
    p = p * t + 0.09678418;
    p = p * t + 0.37409196;
    p = p * t + 1.00002368;
    return t * Math.exp(-x * x - 1.26551223 + t * p);
  }
}
