package dev.tributary.spark.slices;

import dev.tributary.nn.Network;
import dev.tributary.tensor.Wire;
import dev.tributary.train.PartDescent;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Who owns what, until an executor is lost or the state is set.
 *
 * @param run a number of its own for each descent of an application
 * @param generation counts the plans of a run
 * @param firstStep the number of the first step made by it
 * @param seats the executors
 * @param cuts where pieces begin, and behind the last, where it ends
 * @param partitions of the data: leaves of the tree
 * @param merges whether executors add their tasks' sums before they send them
 * @param network the network
 * @param rule how weights move
 * @param wire what weights and their gradients are rounded to
 */
record SlicePlan(
    long run,
    int generation,
    long firstStep,
    List<Seat> seats,
    List<Integer> cuts,
    int partitions,
    boolean merges,
    Network network,
    PartDescent.Rule rule,
    Wire wire)
    implements Serializable {
  /** The most values in a piece: 4 MiB, so that sending, adding and moving overlap. */
  private static final int LARGEST = 1 << 20;

  /**
   * Cuts values into pieces: the weights evenly, at least one for each executor, and the state
   * behind them.
   */
  static List<Integer> cut(int parameters, int values, int seats) {
    List<Integer> cuts = new ArrayList<>();
    cuts.add(0);
    add(cuts, parameters, seats);
    add(cuts, values, seats);
    return cuts;
  }

  private static void add(List<Integer> cuts, int end, int seats) {
    int begin = cuts.get(cuts.size() - 1);
    long size = (long) end - begin;
    long wanted = Math.max(seats, (size + LARGEST - 1) / LARGEST);
    // A multiple of the seats, so that each owns as much.
    long pieces = Math.min(size, (wanted + seats - 1) / seats * seats);
    for (long k = 1; k <= pieces; k++) {
      cuts.add((int) (begin + size * k / pieces));
    }
  }

  int pieces() {
    return cuts.size() - 1;
  }

  int from(int piece) {
    return cuts.get(piece);
  }

  int to(int piece) {
    return cuts.get(piece + 1);
  }

  int size(int piece) {
    return to(piece) - from(piece);
  }

  /** What a piece's values are rounded to where they are sent: state never is. */
  Wire wire(int piece) {
    return from(piece) < network.parameterCount() ? wire : Wire.F32;
  }

  /** How many values, the first ones, are rounded to bfloat16. */
  int rounded() {
    return wire.rounded(network.parameterCount());
  }

  /** The number of values. */
  int values() {
    return cuts.get(pieces());
  }

  /** The place among the seats of the owner of a piece: every executor has as many. */
  int owner(int piece) {
    return piece % seats.size();
  }

  /** The place of an executor among the seats; −1 if it has none. */
  int seat(String executor) {
    for (int i = 0; i < seats.size(); i++) {
      if (seats.get(i).executor().equals(executor)) {
        return i;
      }
    }
    return -1;
  }
}
