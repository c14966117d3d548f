package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.engine.EngineProvider;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.List;

/**
 * Compares a layer's gradients with differences of its outputs: for a random direction c, the
 * derivative of {@code Σ c y} by each input and each parameter must be {@code (f(v + h) − f(v − h))
 * / 2h}. (The idea of Caffe's gradient checker.)
 *
 * <p>Where a function has a kink between v − h and v + h (ReLU at 0, a maximum that changes hands),
 * the slopes on both sides differ and no difference is a derivative. In a layer that is linear but
 * for its kinks such values are passed over, counted, and may be no more than a stated share.
 */
final class GradientChecker {
  /** Half the distance of two points; the outputs are float32, so it cannot be small. */
  private static final float H = 1f / 128;

  /** Of the largest derivative: rounding of outputs over H, and the third derivative. */
  private static final double TOLERANCE = 4e-3;

  private final EngineProvider engine;
  private final int n;
  private final double kinksAllowed;

  /**
   * A checker of layers with batches of n samples.
   *
   * @param kinksAllowed the share of values that may be passed over; 0 for a layer without kinks,
   *     every value of which is compared
   */
  GradientChecker(EngineProvider engine, int n, double kinksAllowed) {
    this.engine = engine;
    this.n = n;
    this.kinksAllowed = kinksAllowed;
  }

  /**
   * Something with values to change, a scalar that follows from them, and a claim of its slopes.
   */
  interface Subject {
    double value(float[] at);
  }

  void check(Layer layer, Pass pass) {
    Philox random = Philox.stream(7, Purpose.PERMUTATION, 0, 0);
    LayerRun run = new LayerRun(layer, engine.open(), n);
    float[] x = normal(random, run.inputSize());
    float[] direction = normal(random, n * layer.output().size());
    List<float[]> parameters =
        layer.parameters().stream().map(p -> normal(random, p.size())).toList();
    for (int i = 0; i < parameters.size(); i++) {
      run.setParameter(i, parameters.get(i));
    }
    run.forward(x, pass);
    float[] dx = run.backward(direction);
    List<float[]> gradients = run.parameterGradients();

    compare(layer.describe() + " by x", x, dx, at -> dot(run.forward(at, pass), direction));
    for (int p = 0; p < parameters.size(); p++) {
      int which = p;
      Subject byParameter =
          at -> {
            run.setParameter(which, at);
            return dot(run.forward(x, pass), direction);
          };
      String name = layer.parameters().get(p).name();
      compare(layer.describe() + " by " + name, parameters.get(p), gradients.get(p), byParameter);
      run.setParameter(p, parameters.get(p));
    }
  }

  /** Compares a claimed gradient at a point with the slopes of the function there. */
  void compare(String what, float[] at, float[] claimed, Subject f) {
    double largest = 1e-3;
    for (float c : claimed) {
      largest = Math.max(largest, Math.abs(c));
    }
    double middle = f.value(at.clone());
    int kinks = 0;
    for (int i = 0; i < at.length; i++) {
      float[] moved = at.clone();
      moved[i] = at[i] + H;
      double after = f.value(moved);
      double up = moved[i];
      moved[i] = at[i] - H;
      double before = f.value(moved);
      double down = moved[i];
      double right = (after - middle) / (up - at[i]);
      double left = (middle - before) / (at[i] - down);
      if (kinksAllowed > 0 && Math.abs(right - left) > TOLERANCE * largest) {
        kinks++;
        continue;
      }
      assertThat((double) claimed[i])
          .as("%s, derivative %d of %d", what, i, at.length)
          .isCloseTo((after - before) / (up - down), within(TOLERANCE * largest));
    }
    assertThat(kinks)
        .as("%s: values passed over for a kink, of %d", what, at.length)
        .isLessThanOrEqualTo((int) (kinksAllowed * at.length));
  }

  private static double dot(float[] y, float[] direction) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) y[i] * direction[i];
    }
    return sum;
  }

  static float[] normal(Philox random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
