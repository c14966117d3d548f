package dev.tributary.train;

import dev.tributary.train.metrics.Metric;

/** Looks at one metric, from evaluation to evaluation, for whether it still gets better. */
final class Watch {
  private final Metric metric;
  private final double margin;
  private double best;
  private int waiting;

  /**
   * Over no evaluations yet.
   *
   * @param margin what a value must be better by to count as better
   */
  Watch(Metric metric, double margin) {
    this.metric = metric;
    this.margin = margin;
    this.best = metric.worst();
  }

  /** Takes in a value: whether it is the best so far. One that is not a number is not. */
  boolean isBetter(double value) {
    boolean better = metric.isBetter(value, best, Double.isInfinite(best) ? 0 : margin);
    best = better ? value : best;
    waiting = better ? 0 : waiting + 1;
    return better;
  }

  /** Writes its state down. */
  void write(Snapshot to, String name) {
    to.put(name + ".best", best);
    to.put(name + ".waiting", waiting);
  }

  /** Takes a state as {@link #write} wrote it. */
  void read(Snapshot from, String name) {
    best = from.number(name + ".best");
    waiting = Math.toIntExact(from.whole(name + ".waiting"));
  }

  /** Evaluations since the best. */
  int waiting() {
    return waiting;
  }

  /** Waits anew, for a value that is better than the best. */
  void startOver() {
    waiting = 0;
  }

  /** The best value so far. */
  double best() {
    return best;
  }
}
