package dev.tributary.nn.loss;

/**
 * Squared error: {@code f = (y − t)²}, {@code f' = 2 (y − t)}. A class label's target is one-hot.
 */
public final class SquaredError extends ElementwiseLoss {
  private static final long serialVersionUID = 1L;

  @Override
  public String name() {
    return "squared_error";
  }

  @Override
  double value(double y, double t) {
    return (y - t) * (y - t);
  }

  @Override
  double slope(double y, double t) {
    return 2 * (y - t);
  }
}
