package dev.tributary.nn.loss;

/**
 * Huber's loss: {@code f = (y − t)² / 2} where {@code |y − t| ≤ δ}, else {@code δ (|y − t| − δ /
 * 2)}: squared near the target, absolute far from it, so that outliers pull no harder than δ.
 * (Huber: "Robust estimation of a location parameter", 1964.)
 */
public final class Huber extends ElementwiseLoss {
  private static final long serialVersionUID = 1L;

  private final double delta;

  /**
   * With this δ.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public Huber(double delta) {
    if (!(delta > 0) || Double.isInfinite(delta)) {
      throw new IllegalArgumentException("delta must be above 0 and finite, not " + delta);
    }
    this.delta = delta;
  }

  @Override
  public String name() {
    return "huber";
  }

  @Override
  double value(double y, double t) {
    double distance = Math.abs(y - t);
    return distance <= delta ? distance * distance / 2 : delta * (distance - delta / 2);
  }

  @Override
  double slope(double y, double t) {
    return Math.max(-delta, Math.min(delta, y - t));
  }
}
