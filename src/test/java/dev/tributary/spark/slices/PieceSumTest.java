package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Wire;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of pieces have the fixed tree's bytes, in whatever order and size nodes arrive. */
final class PieceSumTest {
  private static final int VALUES = 37;

  @SuppressWarnings("ArrayRecordComponent") // compared by its parts alone
  private record Node(int left, int size, float[] values, long samples) {}

  private static Scalars scalars(long samples) {
    return new Scalars(0.1, samples * 0.5, samples, false);
  }

  /** The tree by its definition; leaves without samples are left out. */
  private static Node node(Wire wire, List<Node> leaves, int left, int size) {
    if (size == 1) {
      return leaves.get(left);
    }
    Node a = node(wire, leaves, left, size / 2);
    Node b = node(wire, leaves, left + size / 2, size / 2);
    if (a.samples() == 0 || b.samples() == 0) {
      Node one = a.samples() == 0 ? b : a;
      return new Node(left, size, one.values(), one.samples());
    }
    float[] sum = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      sum[i] = rounded(wire, a.values()[i] + b.values()[i]);
    }
    return new Node(left, size, sum, a.samples() + b.samples());
  }

  private static float rounded(Wire wire, float value) {
    return wire == Wire.BF16 ? BFloat16.round(value) : value;
  }

  private static List<Node> leaves(Wire wire, int count, Random random) {
    List<Node> leaves = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] values = new float[VALUES];
      for (int j = 0; j < VALUES; j++) {
        values[j] = rounded(wire, (float) Math.exp(20 * random.nextGaussian()));
      }
      leaves.add(new Node(i, 1, values, random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(9)));
    }
    return leaves;
  }

  /** Leaves, or nodes above them, at random, as executors give them that have several tasks. */
  private static void cut(
      Wire wire, List<Node> leaves, int left, int size, Random random, List<Node> out) {
    if (size == 1 || random.nextInt(3) == 0) {
      out.add(node(wire, leaves, left, size));
    } else {
      cut(wire, leaves, left, size / 2, random, out);
      cut(wire, leaves, left + size / 2, size / 2, random, out);
    }
  }

  private static Values sent(Wire wire, Node node, boolean overTheWire) {
    Values values = new Values.InArray(wire, node.values(), 0, VALUES);
    if (!overTheWire) {
      return values;
    }
    Message message =
        new Message(Message.Kind.GRADIENT, 1, 5, 0, node.left(), node.size(), scalars(1), values);
    return Message.decode(message.encode(wire, node.values(), 0, VALUES)).values();
  }

  @ParameterizedTest
  @CsvSource({"1, F32", "2, F32", "8, F32", "32, F32", "1, BF16", "2, BF16", "8, BF16", "32, BF16"})
  void addsInTheOneOrder(int count, Wire wire) {
    Random random = new Random(count);
    PieceSum sum = new PieceSum(VALUES, wire, count, 5);
    for (int step = 5; step < 45; step++) {
      List<Node> leaves = leaves(wire, count, random);
      List<Node> arriving = new ArrayList<>();
      cut(wire, leaves, 0, count, random, arriving);
      Collections.shuffle(arriving, random);
      for (int i = 0; i < arriving.size(); i++) {
        Node node = arriving.get(i);
        Values values = sent(wire, node, random.nextBoolean());
        boolean isLast = sum.add(step, node.left(), node.size(), scalars(node.samples()), values);
        assertThat(isLast).isEqualTo(i == arriving.size() - 1);
        assertThat(sum.add(step, node.left(), node.size(), scalars(node.samples()), values))
            .as("a second time")
            .isFalse();
      }
      Node expected = node(wire, leaves, 0, count);
      assertThat(sum.scalars()).isEqualTo(scalars(expected.samples()));
      if (expected.samples() > 0) {
        assertThat(sum.sum()).isEqualTo(expected.values());
      }
      sum.next();
      assertThat(sum.add(step, 0, 1, scalars(1), sent(wire, leaves.get(0), false)))
          .as("of a step that is over")
          .isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "5, 4, 1, 37, partitions 4 to 4 are no node of a tree of 4",
    "5, 1, 2, 37, partitions 1 to 2 are no node of a tree of 4",
    "5, 0, 3, 37, partitions 0 to 2 are no node of a tree of 4",
    "5, -1, 1, 37, partitions -1 to -1 are no node of a tree of 4",
    "5, 0, 0, 37, partitions 0 to -1 are no node of a tree of 4",
    "5, 0, 2147483647, 37, partitions 0 to 2147483646 are no node of a tree of 4",
    "6, 0, 1, 37, a gradient of step 6 arrives while step 5 is made",
    "5, 0, 1, 36, a node of 36 values in f32 for a piece of 37 in f32",
  })
  void refusesWhatIsNoNodeOfIt(long step, int left, int size, int values, String message) {
    PieceSum sum = new PieceSum(VALUES, Wire.F32, 4, 5);
    Values arrived = new Values.InArray(Wire.F32, new float[values], 0, values);
    assertThatThrownBy(() -> sum.add(step, left, size, scalars(1), arrived)).hasMessage(message);
  }

  @Test
  void refusesAnotherPrecision() {
    PieceSum sum = new PieceSum(VALUES, Wire.BF16, 4, 5);
    Values arrived = new Values.InArray(Wire.F32, new float[VALUES], 0, VALUES);
    assertThatThrownBy(() -> sum.add(5, 0, 1, scalars(1), arrived))
        .hasMessage("a node of 37 values in f32 for a piece of 37 in bf16");
  }

  @Test
  void saysWhenANodeOverlaps() {
    PieceSum sum = new PieceSum(VALUES, Wire.F32, 4, 5);
    Values arrived = new Values.InArray(Wire.F32, new float[VALUES], 0, VALUES);
    sum.add(5, 3, 1, scalars(1), arrived);
    assertThatThrownBy(() -> sum.add(5, 2, 2, scalars(1), arrived))
        .isInstanceOf(PieceSum.OverlapException.class)
        .hasMessage("some of partitions 2 to 3 have arrived before");
    assertThatThrownBy(sum::scalars).hasMessage("only some of the sums have arrived");
  }
}
