package dev.tributary.nn;

import dev.tributary.random.Philox;
import java.util.List;
import java.util.TreeSet;

/** What backpropagation says of the loss's derivatives by one array, to be held against slopes. */
final class GradientClaim {
  /** The shorter one is for a kink, or a curve, that the longer one meets. */
  private static final double[] STEPS = {0x1p-16, 0x1p-20};

  /**
   * Sides that differ by this share of the largest derivative, at the shortest step, are a kink.
   */
  private static final double KINK = 1e-3;

  private final int layer;
  private final String function;
  private final String variable;
  private final List<Integer> dimensions;
  private final double[] formulas;
  private final float[] engine;
  private final LossProbe.Variable numbers;

  /**
   * A claim; the names are those of {@link GradientFinding}.
   *
   * @param formulas the derivatives as the plain engine has them
   * @param engine the derivatives as the engine to check has them
   * @param numbers the array, to be moved
   */
  GradientClaim(
      int layer,
      String function,
      String variable,
      List<Integer> dimensions,
      double[] formulas,
      float[] engine,
      LossProbe.Variable numbers) {
    this.layer = layer;
    this.function = function;
    this.variable = variable;
    this.dimensions = dimensions;
    this.formulas = formulas;
    this.engine = engine;
    this.numbers = numbers;
  }

  int layer() {
    return layer;
  }

  /** The largest derivative by the formulas. */
  double largest() {
    double largest = 0;
    for (double v : formulas) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }

  /**
   * Compares a sample with slopes.
   *
   * @param middle the loss with nothing moved
   * @param floor what errors are measured by, if it is more than the largest derivative
   * @param count how many to compare
   * @param random chooses them
   */
  GradientFinding check(double middle, double floor, int count, Philox random) {
    double scale = Math.max(Math.max(largest(), floor), Double.MIN_NORMAL);
    int checked = 0;
    int kinks = 0;
    GradientFinding.Worst ofFormulas = GradientFinding.Worst.NONE;
    GradientFinding.Worst ofEngine = GradientFinding.Worst.NONE;
    for (int i : choose(formulas, count, random)) {
      Slopes slopes = slopes(i, middle, scale);
      double error = error(slopes, formulas[i], scale);
      if (error > GradientFinding.FORMULAS_TOLERANCE && isKink(slopes, error, scale)) {
        kinks++;
        continue;
      }
      checked++;
      ofFormulas = ofFormulas.or(error, i, slopes.centred(), formulas[i]);
      double engineError = error(slopes, engine[i], scale);
      ofEngine = ofEngine.or(engineError, i, slopes.centred(), engine[i]);
    }
    return new GradientFinding(
        layer, function, variable, dimensions, checked, kinks, ofFormulas, ofEngine);
  }

  /** The slopes of the longest step by which the formulas agree, else of the shortest. */
  private Slopes slopes(int i, double middle, double scale) {
    Slopes slopes = new Slopes(0, 0, 0, 0);
    for (double step : STEPS) {
      slopes = Slopes.of(v -> numbers.lossAt(i, v), numbers.value(i), middle, step);
      if (error(slopes, formulas[i], scale) <= GradientFinding.FORMULAS_TOLERANCE) {
        break;
      }
    }
    return slopes;
  }

  private static double error(Slopes slopes, double claimed, double scale) {
    return slopes.error(claimed, scale, GradientFinding.FORMULAS_TOLERANCE);
  }

  /** Whether the sides' slopes differ by so much that no claim, or not this one, can be judged. */
  private static boolean isKink(Slopes slopes, double error, double scale) {
    double bend = slopes.bend() / scale;
    return bend > KINK || bend >= error;
  }

  /** Indices in order: all, or that of the largest claim and others at random. */
  private static Iterable<Integer> choose(double[] claims, int count, Philox random) {
    TreeSet<Integer> chosen = new TreeSet<>();
    if (claims.length <= count) {
      for (int i = 0; i < claims.length; i++) {
        chosen.add(i);
      }
      return chosen;
    }
    int largest = 0;
    for (int i = 1; i < claims.length; i++) {
      largest = Math.abs(claims[i]) > Math.abs(claims[largest]) ? i : largest;
    }
    chosen.add(largest);
    while (chosen.size() < count) {
      chosen.add(random.nextInt(claims.length));
    }
    return chosen;
  }
}
