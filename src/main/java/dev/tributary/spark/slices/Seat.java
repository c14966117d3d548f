package dev.tributary.spark.slices;

import java.io.Serializable;

/**
 * An executor that takes part.
 *
 * @param executor Spark's name for it
 * @param host where its pieces are sent to
 * @param port the same
 */
record Seat(String executor, String host, int port) implements Serializable {
  @Override
  public String toString() {
    return "executor " + executor + " (" + host + ":" + port + ")";
  }
}
