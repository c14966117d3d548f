package dev.tributary.spark.preflight;

import java.io.Serializable;

/**
 * An executor, as a task on it saw it; in local mode the driver is the only one.
 *
 * @param id Spark's name for it
 * @param host where it runs
 * @param cores tasks that it runs at once
 * @param heap the most bytes that its JVM's heap may have
 * @param freeDisk bytes that are free where Spark puts its blocks
 * @param engine the description of the engine that would compute there
 */
public record Machine(String id, String host, int cores, long heap, long freeDisk, String engine)
    implements Serializable {
  /** Words for the table. */
  String name() {
    return id.equals("driver") ? "the driver" : "executor " + id + " on " + host;
  }
}
