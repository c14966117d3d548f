package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.train.BatchesAhead;
import dev.tributary.train.GradientSum;
import dev.tributary.train.NonFiniteShard;
import dev.tributary.train.Objective;
import dev.tributary.train.ShardGradients;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The objective, broadcast once, and on each executor the workers that have been opened for it: a
 * task borrows one and gives it back, so buffers live from step to step. They go with the
 * broadcast.
 */
public final class GradientWorkers implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Objective objective;
  private final String driverEngine;
  private transient Queue<Idle> idle = new ConcurrentLinkedQueue<>();
  private transient BatchesAhead ahead;

  /** A worker, and whose memory is warm for it: the thread that had it last. */
  private record Idle(ShardGradients worker, Thread last) {}

  /** Of an objective, none opened. */
  public GradientWorkers(Objective objective) {
    this.objective = objective;
    this.driverEngine = objective.engine().description();
    this.ahead = new BatchesAhead(objective);
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    idle = new ConcurrentLinkedQueue<>();
    ahead = new BatchesAhead(objective);
  }

  /**
   * The node above a partition's shards.
   *
   * <p>Who reads the sum does so after the task has returned, when another may have the worker; but
   * no worker touches what it gave before the next step, which begins when every sum of this one
   * has been read.
   */
  public GradientSum sum(float[] weights, Iterator<Shard> partition, Step step) {
    List<Shard> shards = new ArrayList<>();
    partition.forEachRemaining(shards::add);
    ShardGradients worker = borrow();
    GradientSum sum = worker.sum(weights, shards, step);
    giveBack(worker);
    return sum;
  }

  /** What is not finite in a partition's shards: the first finding, if there is one. */
  Iterator<NonFiniteShard> findNonFinite(float[] weights, Iterator<Shard> partition, Step step) {
    List<Shard> shards = new ArrayList<>();
    partition.forEachRemaining(shards::add);
    ShardGradients worker = borrow();
    NonFiniteShard found = worker.findNonFinite(weights, shards, step);
    giveBack(worker);
    return found == null ? Collections.emptyIterator() : List.of(found).iterator();
  }

  /**
   * A worker that nobody else uses until it is given back: the one that this thread had before, if
   * it is there, as another core would have to fetch all that is in its buffers.
   */
  ShardGradients borrow() {
    Thread own = Thread.currentThread();
    Idle known = idle.stream().filter(i -> i.last() == own).findFirst().orElse(null);
    if (known != null && idle.remove(known)) {
      return known.worker();
    }
    Idle any = idle.poll();
    if (any != null) {
      return any.worker();
    }
    checkEngine();
    return new ShardGradients(objective, ahead);
  }

  void giveBack(ShardGradients worker) {
    idle.add(new Idle(worker, Thread.currentThread()));
  }

  /** A cluster on which engines differ would still train, but not exactly. */
  private void checkEngine() {
    String here = objective.engine().description();
    if (!here.equals(driverEngine)) {
      throw new IllegalStateException(
          String.format(
              "this executor would compute with %s, but the driver's engine is %s, and their last bits"
                  + " differ; give every machine the same Java options and libraries (such as"
                  + " --add-modules=jdk.incubator.vector and the same BLAS)",
              here, driverEngine));
    }
  }

  /** Frees the idle workers of this JVM. */
  public void close() {
    for (Idle known = idle.poll(); known != null; known = idle.poll()) {
      known.worker().close();
    }
  }
}
