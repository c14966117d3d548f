package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.tensor.BFloat16;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

/** A sum kept as bfloat16 is rounded at every node of the tree, but for its state. */
final class GradientSumTest {
  private static final int VALUES = 10_000;
  private static final int WEIGHTS = 9_001;

  private static GradientSum leaf(int seed, int rounded) {
    GradientSum sum = TestSums.of(VALUES, seed, 1);
    GradientSum leaf = new GradientSum(VALUES, rounded);
    leaf.add(sum);
    leaf.round();
    return leaf;
  }

  private static byte[] bytes(Object sum) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(sum);
    }
    return bytes.toByteArray();
  }

  @Test
  void roundsEachNode() {
    GradientSum[] leaves = {leaf(1, WEIGHTS), leaf(2, WEIGHTS), leaf(3, WEIGHTS), leaf(4, WEIGHTS)};
    float[] expected = new float[VALUES];
    float[] first = TestSums.of(VALUES, 1, 1).gradient();
    for (int i = 0; i < VALUES; i++) {
      float a = i < WEIGHTS ? BFloat16.round(first[i]) : first[i];
      float left = a + leaves[1].gradient()[i];
      float right = leaves[2].gradient()[i] + leaves[3].gradient()[i];
      expected[i] =
          i < WEIGHTS ? BFloat16.round(BFloat16.round(left) + BFloat16.round(right)) : left + right;
    }
    assertThat(GradientSum.fold(leaves).gradient()).containsExactly(expected);
  }

  /** So no partitioning shows: what is sent and what is not are the same. */
  @Test
  void isTheSameWhenItWasSent() throws Exception {
    GradientSum sum = leaf(1, WEIGHTS);
    sum.add(leaf(2, WEIGHTS));
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(sum)))) {
      GradientSum there = (GradientSum) in.readObject();
      assertThat(there.gradient()).containsExactly(sum.gradient());
      there.add(leaf(3, WEIGHTS));
      sum.add(leaf(3, WEIGHTS));
      assertThat(there.gradient()).containsExactly(sum.gradient());
      assertThat(there.loss()).isEqualTo(sum.loss());
    }
  }

  @Test
  void bfloat16HalvesTheBytes() throws IOException {
    int plain = bytes(new GradientSum(VALUES)).length;
    int half = bytes(new GradientSum(VALUES, VALUES)).length;
    assertThat(plain).isBetween(4 * VALUES, 4 * VALUES + 1000);
    assertThat(half).isBetween(2 * VALUES, 2 * VALUES + 1000);
  }
}
