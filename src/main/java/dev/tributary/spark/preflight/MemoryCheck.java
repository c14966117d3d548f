package dev.tributary.spark.preflight;

import dev.tributary.nn.inspect.Needs;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether driver and executors have the memory that a run takes.
 *
 * <p>What must fit at once (weights, slots, sums) and does not, is an error; what is estimated, or
 * may lie outside the heap (activations) or on disk (data), is a warning.
 */
final class MemoryCheck {
  /** The part of a heap that a program may fill before the collector has all the work. */
  private static final double USABLE = 0.8;

  private MemoryCheck() {}

  /**
   * The problems.
   *
   * @param dataBytes of all samples as they are kept
   */
  static List<Problem> of(Needs needs, Cluster cluster, long dataBytes) {
    List<Problem> problems = new ArrayList<>();
    int localTasks = cluster.isLocal() ? cluster.cores() : 0;
    long must = needs.driverBytes() + localTasks * sums(needs);
    long most = needs.driverBytes() + localTasks * needs.taskBytes();
    check("driver memory", "--driver-memory", cluster.driverHeap(), must, most, problems);
    if (cluster.isLocal()) {
      data(cluster.driverHeap() - must, dataBytes, "--driver-memory", problems);
      return problems;
    }
    for (Machine machine : cluster.machines()) {
      long held = needs.arrayBytes() + needs.ownedBytes() / cluster.machines().size();
      long each = held + machine.cores() * sums(needs);
      long all = held + machine.cores() * needs.taskBytes();
      int before = problems.size();
      check(
          "memory of " + machine.name(), "--executor-memory", machine.heap(), each, all, problems);
      data(
          machine.heap() - each,
          dataBytes / cluster.machines().size(),
          "--executor-memory",
          problems);
      if (problems.size() > before) {
        // Executors are alike: one row for the first is enough.
        break;
      }
    }
    return problems;
  }

  /** A task's own sum, and the one that it is added to. */
  private static long sums(Needs needs) {
    return 2 * needs.arrayBytes();
  }

  private static void check(
      String what, String option, long heap, long must, long most, List<Problem> problems) {
    if (most <= USABLE * heap) {
      return;
    }
    boolean isFatal = must > heap;
    problems.add(
        new Problem(
            isFatal ? Problem.Kind.ERROR : Problem.Kind.WARNING,
            what,
            Size.words(heap) + " of heap",
            Size.words(most) + " (weights, slots, sums, activations)",
            option
                + " "
                + Size.option((long) (most / USABLE))
                + ", or a smaller train.batch or network"));
  }

  /** Shards that do not fit go to disk and are read again in every step. */
  private static void data(long room, long bytes, String option, List<Problem> problems) {
    // Spark keeps 0.6 of a heap for blocks and execution.
    if (bytes > 0.6 * Math.max(0, room)) {
      problems.add(
          new Problem(
              Problem.Kind.WARNING,
              "memory for data",
              Size.words(Math.max(0, room)) + " beside the weights",
              Size.words((long) (bytes / 0.6)) + ", or shards are read from disk in each step",
              option
                  + " "
                  + Size.option((long) (bytes / 0.6) + Math.max(0, -room))
                  + (option.startsWith("--driver") ? "" : ", or more executors")));
    }
  }
}
