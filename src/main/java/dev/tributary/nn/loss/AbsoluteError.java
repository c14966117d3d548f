package dev.tributary.nn.loss;

/** Absolute error: {@code f = |y − t|}, {@code f' = sign(y − t)}, 0 where they meet. */
public final class AbsoluteError extends ElementwiseLoss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "absolute_error";
  }

  @Override
  double value(double y, double t) {
    return Math.abs(y - t);
  }

  @Override
  double slope(double y, double t) {
    return Math.signum(y - t);
  }
}
