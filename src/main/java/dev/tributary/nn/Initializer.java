package dev.tributary.nn;

import dev.tributary.random.Philox;
import java.io.Serializable;

/** How a parameter gets its first values. */
public enum Initializer implements Serializable {
  /** All 0: the usual start of a bias. */
  ZERO {
    @Override
    void fill(float[] weights, int from, int count, int fanIn, int fanOut, Philox random) {
      java.util.Arrays.fill(weights, from, from + count, 0f);
    }
  },
  /** All 1: the usual start of a scale. */
  ONE {
    @Override
    void fill(float[] weights, int from, int count, int fanIn, int fanOut, Philox random) {
      java.util.Arrays.fill(weights, from, from + count, 1f);
    }
  },
  /**
   * Uniform on ±√(6 / (fan in + fan out)): keeps the variance of values and gradients level through
   * layers that are linear about 0, such as tanh. (Glorot, Bengio: "Understanding the difficulty of
   * training deep feedforward neural networks", 2010, formula 16.)
   */
  GLOROT {
    @Override
    void fill(float[] weights, int from, int count, int fanIn, int fanOut, Philox random) {
      double bound = Math.sqrt(6.0 / ((double) fanIn + fanOut));
      for (int i = 0; i < count; i++) {
        weights[from + i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
    }
  },
  /**
   * Normal with variance 2 / fan in: the same for layers followed by ReLU, which halves the
   * variance. (He, Zhang, Ren, Sun: "Delving deep into rectifiers", 2015, formula 10.)
   */
  HE {
    @Override
    void fill(float[] weights, int from, int count, int fanIn, int fanOut, Philox random) {
      double deviation = Math.sqrt(2.0 / fanIn);
      for (int i = 0; i < count; i++) {
        weights[from + i] = (float) (random.nextGaussian() * deviation);
      }
    }
  };

  /**
   * Writes {@code count} first values to {@code weights[from…]}.
   *
   * @param fanIn inputs that one output of the layer sums
   * @param fanOut outputs that one input reaches
   */
  abstract void fill(float[] weights, int from, int count, int fanIn, int fanOut, Philox random);
}
