package dev.tributary.spark;

import dev.tributary.tensor.Wire;

/**
 * How weights go out and gradients come together, and what that costs. The costs are a model, told
 * in {@code src/bench/README.md}, whose constants {@code src/bench/growth} finds.
 */
public enum ExchangeKind {
  /** Driver and tasks are in one JVM: nothing is sent. */
  REFERENCE("by reference", 0.2, 0),
  /**
   * The weights are broadcast, the sums come to the driver along a tree, by a job for each step.
   */
  TREE("tree", 25, 0.5),
  /** Each executor adds and moves a slice of the weights, by a job for many steps. */
  SLICES("slices", 2, 0.05);

  /**
   * What passes through Spark's transfers, serialisation included, on one executor, in bytes a
   * second: what a faster network does not make faster.
   */
  private static final double MOST = 0.4e9;

  /** What a level of the tree on the executors takes besides its bytes, in milliseconds. */
  private static final double LEVEL = 15;

  /** What an executor takes to send a piece and to take one in, in milliseconds. */
  private static final double MESSAGE = 0.15;

  private final String words;
  private final double latency;
  private final double task;

  ExchangeKind(String words, double latency, double task) {
    this.words = words;
    this.latency = latency;
    this.task = task;
  }

  /**
   * What {@code train.exchange} means. By itself it is slices wherever they can be, as they cost
   * less than the tree with any number of weights and executors: their steps share a job.
   *
   * @param asked {@code auto}, {@code tree} or {@code slices}
   * @param isLocal whether executors are in the driver's JVM
   * @param isByPart whether a part of the weights can be updated without the rest
   */
  public static ExchangeKind of(String asked, boolean isLocal, boolean isByPart) {
    return switch (asked) {
      case "tree" -> TREE;
      case "slices" -> SLICES;
      default -> isLocal ? REFERENCE : isByPart ? SLICES : TREE;
    };
  }

  /**
   * What it adds to a step's computation, in milliseconds.
   *
   * @param bytes of all weights and state, as they are sent
   * @param executors that share them
   * @param tasks that have a sum each
   * @param fanIn the tree's
   * @param bandwidth of each machine's network, in bytes a second
   */
  public double milliseconds(long bytes, int executors, int tasks, int fanIn, double bandwidth) {
    double once = 1e3 * bytes / Math.min(bandwidth, MOST);
    return latency
        + task * tasks
        + switch (this) {
          case REFERENCE -> 0;
          // A broadcast goes from executor to executor, so the driver sends it once or twice.
          case TREE -> {
            int levels = levels(tasks, fanIn);
            yield Math.min(2, executors) * once
                + Math.min(tasks, fanIn) * once
                + levels * (LEVEL + fanIn * once);
          }
          // Gradients to their owners, and weights to all.
          case SLICES -> 2.0 * (executors - 1) * (MESSAGE + once / executors);
        };
  }

  /** Levels of the tree that are added on executors. */
  private static int levels(int tasks, int fanIn) {
    int levels = 0;
    for (int left = tasks; left > fanIn; left = (left + fanIn - 1) / fanIn) {
      levels++;
    }
    return levels;
  }

  /** With what is sent by it. */
  public String over(Wire wire) {
    return wire == Wire.F32 ? words : words + ", " + wire;
  }

  @Override
  public String toString() {
    return words;
  }
}
