package dev.tributary.spark.preflight;

import dev.tributary.nn.inspect.Needs;
import java.util.ArrayList;
import java.util.List;

/** Whether Spark's own limits let a step's weights and sums pass. */
final class LimitCheck {
  /** What a sum takes besides its values. */
  private static final long FRAME = 64 << 10;

  private LimitCheck() {}

  /**
   * The problems of the tree; by reference nothing is sent, and the pieces of slices are small.
   *
   * @param sums that come to the driver in a step
   */
  static List<Problem> of(Needs needs, Cluster cluster, int sums) {
    List<Problem> problems = new ArrayList<>();
    long one = needs.stepBytes() + FRAME;
    long results = sums * one;
    if (cluster.maxResultSize() > 0 && results > cluster.maxResultSize()) {
      problems.add(
          new Problem(
              Problem.Kind.ERROR,
              "spark.driver.maxResultSize",
              Size.words(cluster.maxResultSize()),
              Size.words(results) + ", " + sums + " sums of a step",
              "--conf spark.driver.maxResultSize="
                  + Size.option(results)
                  + ", or a smaller train.fan_in"));
    }
    if (cluster.kryoBuffer() > 0 && one > cluster.kryoBuffer()) {
      problems.add(
          new Problem(
              Problem.Kind.ERROR,
              "spark.kryoserializer.buffer.max",
              Size.words(cluster.kryoBuffer()),
              Size.words(one) + " for one sum",
              one < (2047L << 20)
                  ? "--conf spark.kryoserializer.buffer.max=" + ((one >> 20) + 1) + "m"
                  : "leave spark.serializer as it is by default"));
    }
    if (one > cluster.inMemoryFetch()) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              "spark.network.maxRemoteBlockSizeFetchToMem",
              Size.words(cluster.inMemoryFetch()),
              Size.words(one) + ", or each sum goes by way of the driver's disk",
              "--conf spark.network.maxRemoteBlockSizeFetchToMem=" + Size.option(one)));
    }
    return problems;
  }
}
