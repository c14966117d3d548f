package dev.tributary.spark;

import dev.tributary.train.GradientSum;
import org.jspecify.annotations.Nullable;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Adds a job's sums along the fixed tree while they arrive, in any order: a node is added as soon
 * as both its children are there, and the right one is then let go. So what is left to do after the
 * last arrival is one path to the root, and no more sums are held than wait for a neighbour.
 *
 * <p>Spark calls it for one result at a time.
 */
final class ArrivingSums extends AbstractFunction2<Object, GradientSum, BoxedUnit> {
  /** At place i, a node whose leftmost leaf is i, if it waits for its neighbour or is the root. */
  private final @Nullable GradientSum[] waiting;

  /** For each such node, how many leaves it has; else 0. */
  private final int[] leaves;

  /**
   * Nothing has arrived yet.
   *
   * @param count how many will, a power of two
   */
  ArrivingSums(int count) {
    this.waiting = new GradientSum[count];
    this.leaves = new int[count];
  }

  @Override
  public BoxedUnit apply(Object partition, GradientSum sum) {
    add((Integer) partition, sum);
    return BoxedUnit.UNIT;
  }

  /** A leaf arrives; its memory, or its left neighbour's, becomes that of the nodes above. */
  void add(int place, GradientSum sum) {
    int left = place;
    int size = 1;
    GradientSum node = sum;
    while (size < waiting.length) {
      int neighbour = left ^ size;
      GradientSum other = waiting[neighbour];
      if (other == null || leaves[neighbour] != size) {
        break;
      }
      waiting[neighbour] = null;
      leaves[neighbour] = 0;
      if (neighbour < left) {
        other.add(node);
        node = other;
        left = neighbour;
      } else {
        node.add(other);
      }
      size *= 2;
    }
    waiting[left] = node;
    leaves[left] = size;
  }

  /** How many sums are held. */
  int held() {
    int held = 0;
    for (int size : leaves) {
      held += size > 0 ? 1 : 0;
    }
    return held;
  }

  /**
   * The sum of all.
   *
   * @throws IllegalStateException if some have not arrived
   */
  GradientSum root() {
    GradientSum root = waiting[0];
    if (root == null || leaves[0] != waiting.length) {
      throw new IllegalStateException(
          "only some of the " + waiting.length + " partitions' sums have arrived");
    }
    return root;
  }
}
