package dev.tributary.spark.slices;

import dev.tributary.train.GradientSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sums of this executor's tasks, added where they are neighbours, so that no more is sent than
 * need be: the last task of a step to end here, for the time being, sends what has come together.
 */
final class LocalNodes {
  /** A node of the tree: the sum over partitions {@code left … left + size − 1}. */
  record Node(int left, int size, GradientSum sum) {}

  private final boolean merges;
  private final Map<Integer, Node> waiting = new TreeMap<>();
  private long step = -1;
  private int running;

  /** With no tasks yet. */
  LocalNodes(boolean merges) {
    this.merges = merges;
  }

  /** A task begins. */
  synchronized void begin(long ofStep) {
    if (ofStep > step) {
      step = ofStep;
      waiting.clear();
    }
    running++;
  }

  /** A task has its sum, and goes on with it. */
  synchronized void add(long ofStep, int partition, GradientSum sum) {
    if (ofStep < step) {
      return;
    }
    Node node = new Node(partition, 1, sum);
    while (merges) {
      Node other = waiting.get(node.left() ^ node.size());
      if (other == null || other.size() != node.size()) {
        break;
      }
      waiting.remove(other.left());
      boolean isFirst = node.left() < other.left();
      Node first = isFirst ? node : other;
      first.sum().add((isFirst ? other : node).sum());
      node = new Node(first.left(), 2 * first.size(), first.sum());
    }
    waiting.put(node.left(), node);
  }

  /** A task ends: gives the nodes that it has to send, if it is the last one. */
  synchronized List<Node> end() {
    running--;
    if (merges && running > 0) {
      return List.of();
    }
    List<Node> nodes = new ArrayList<>(waiting.values());
    waiting.clear();
    return nodes;
  }
}
