package dev.tributary.spark;

import dev.tributary.tensor.Wire;

/**
 * How weights go out and gradients come together, and what that costs. The costs are a model whose
 * constants {@code src/bench/exchange} finds: a latency, and bytes over a bandwidth.
 */
public enum ExchangeKind {
  /** Driver and tasks are in one JVM: nothing is sent. */
  REFERENCE("by reference", 2),
  /** The weights are broadcast, the sums come to the driver along a tree. */
  TREE("tree", 12),
  /** Each executor adds and moves a slice of the weights. */
  SLICES("slices", 9);

  /**
   * What passes through Spark's transfers, serialisation included, on one executor, in bytes a
   * second: what a faster network does not make faster.
   */
  private static final double MOST = 0.8e9;

  /** With fewer weights a step is latency alone, and the driver may as well keep them. */
  private static final int FEW_WEIGHTS = 100_000;

  /** What a level of the tree on the executors takes besides its bytes, in milliseconds. */
  private static final double LEVEL = 15;

  private final String words;
  private final double latency;

  ExchangeKind(String words, double latency) {
    this.words = words;
    this.latency = latency;
  }

  /**
   * What {@code train.exchange} means.
   *
   * @param asked {@code auto}, {@code tree} or {@code slices}
   * @param isLocal whether executors are in the driver's JVM
   * @param executors how many there are
   * @param weights of the network, state included
   * @param isByPart whether a part of the weights can be updated without the rest
   */
  public static ExchangeKind of(
      String asked, boolean isLocal, int executors, long weights, boolean isByPart) {
    return switch (asked) {
      case "tree" -> TREE;
      case "slices" -> SLICES;
      default ->
          isLocal ? REFERENCE : isByPart && executors > 1 && weights >= FEW_WEIGHTS ? SLICES : TREE;
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
          case SLICES -> 2.0 * (executors - 1) / executors * once;
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
