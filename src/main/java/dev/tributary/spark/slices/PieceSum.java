package dev.tributary.spark.slices;

import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.Wire;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a step's gradient, added along the fixed tree while nodes arrive in any order: a node
 * is added as soon as its neighbour is there. A node that arrives twice, as from a task's copy, is
 * left out.
 */
final class PieceSum {
  /** Nodes of the tree that wait for their neighbours, each at its first leaf. */
  private static final class Node {
    final int size;
    final Scalars scalars;

    /** Null of a node without samples. */
    final float @Nullable [] values;

    Node(int size, Scalars scalars, float @Nullable [] values) {
      this.size = size;
      this.scalars = scalars;
      this.values = values;
    }
  }

  /** A node of which a part has arrived otherwise: nobody can tell its rest. */
  static final class OverlapException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    OverlapException(String message) {
      super(message);
    }
  }

  private final int values;
  private final Wire wire;
  private final @Nullable Node[] waiting;
  private final boolean[] covered;
  private final Deque<float[]> free = new ArrayDeque<>();
  private long step;

  /**
   * Nothing has arrived.
   *
   * @param values in the piece
   * @param wire what they are, and their sums are rounded to
   * @param leaves a power of two
   * @param step the first step's number
   */
  PieceSum(int values, Wire wire, int leaves, long step) {
    this.values = values;
    this.wire = wire;
    this.waiting = new Node[leaves];
    this.covered = new boolean[leaves];
    this.step = step;
  }

  /**
   * A node arrives.
   *
   * @return whether it was the last: {@link #scalars} and {@link #sum} are then the root's
   * @throws IllegalArgumentException if it is none of this tree
   */
  synchronized boolean add(long ofStep, int left, int size, Scalars scalars, Values arrived) {
    if (ofStep < step || isThere(left, size)) {
      return false;
    }
    if (ofStep > step) {
      throw new IllegalArgumentException(
          "a gradient of step " + ofStep + " arrives while step " + step + " is made");
    }
    boolean isEmpty = scalars.samples() == 0;
    if (!isEmpty && (arrived.count() != values || arrived.wire() != wire)) {
      throw new IllegalArgumentException(
          String.format(
              "a node of %d values in %s for a piece of %d in %s",
              arrived.count(), arrived.wire(), values, wire));
    }
    Arrays.fill(covered, left, left + size, true);
    Node node;
    Node neighbour = take(left ^ size, size);
    int at = left;
    int length = size;
    if (neighbour != null) {
      node = joined(neighbour, scalars, isEmpty ? null : arrived);
      at = left & ~size;
      length = 2 * size;
    } else if (isEmpty) {
      node = new Node(size, scalars, null);
    } else {
      float[] copy = buffer();
      arrived.copyTo(copy, 0);
      node = new Node(size, scalars, copy);
    }
    while (length < waiting.length) {
      Node next = take(at ^ length, length);
      if (next == null) {
        break;
      }
      float[] other = node.values;
      node =
          joined(
              next,
              node.scalars,
              other == null ? null : new Values.InArray(wire, other, 0, values));
      if (other != null && node.values != other) {
        free.add(other);
      }
      at = at & ~length;
      length *= 2;
    }
    waiting[at] = node;
    return length == waiting.length;
  }

  /** Adding is commutative to the bit, so the sum may be made in either's memory. */
  private Node joined(Node there, Scalars scalars, @Nullable Values arrived) {
    Scalars both = there.scalars.plus(scalars);
    if (arrived == null) {
      return new Node(2 * there.size, both, there.values);
    }
    float[] sum = there.values;
    if (sum == null) {
      sum = buffer();
      arrived.copyTo(sum, 0);
    } else {
      arrived.addTo(sum);
    }
    return new Node(2 * there.size, both, sum);
  }

  private @Nullable Node take(int place, int size) {
    if (place >= waiting.length) {
      return null;
    }
    Node node = waiting[place];
    if (node == null || node.size != size) {
      return null;
    }
    waiting[place] = null;
    return node;
  }

  private boolean isThere(int left, int size) {
    if (size < 1
        || Integer.bitCount(size) != 1
        || left < 0
        || left % size != 0
        || left + size > covered.length) {
      throw new IllegalArgumentException(
          "partitions "
              + left
              + " to "
              + (left + size - 1L)
              + " are no node of a tree of "
              + covered.length);
    }
    int known = 0;
    for (int i = left; i < left + size; i++) {
      known += covered[i] ? 1 : 0;
    }
    if (known > 0 && known < size) {
      throw new OverlapException(
          "some of partitions " + left + " to " + (left + size - 1) + " have arrived before");
    }
    return known > 0;
  }

  private float[] buffer() {
    float[] buffer = free.poll();
    return buffer == null ? new float[values] : buffer;
  }

  /** The root's scalars. */
  synchronized Scalars scalars() {
    return root().scalars;
  }

  /** The root's values; meaningless of a step without samples. */
  synchronized float[] sum() {
    float[] sum = root().values;
    return sum == null ? buffer() : sum;
  }

  private Node root() {
    Node root = waiting[0];
    if (root == null || root.size != waiting.length) {
      throw new IllegalStateException("only some of the sums have arrived");
    }
    return root;
  }

  /** Begins the next step. */
  synchronized void next() {
    float[] sum = root().values;
    if (sum != null) {
      free.add(sum);
    }
    waiting[0] = null;
    Arrays.fill(covered, false);
    step++;
  }
}
