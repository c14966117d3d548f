package dev.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays arrive as they were, in as many bytes as they need. */
final class FloatBlockTest {
  private static byte[] bytes(Object block) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(block);
    }
    return bytes.toByteArray();
  }

  private static FloatBlock block(byte[] bytes) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (FloatBlock) in.readObject();
    }
  }

  private static float[] values(int count) {
    Random random = new Random(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.exp(9 * random.nextGaussian());
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 0",
    "1, 1",
    "2, 1",
    "5000, 4999",
    "16384, 16384",
    "16385, 16384",
    "50000, 33333",
    "50000, 0",
    "50001, 50001"
  })
  void arrivesAsItWas(int count, int rounded) throws Exception {
    float[] values = values(count);
    BFloat16.round(values, 0, rounded);
    FloatBlock there = block(bytes(new FloatBlock(values, rounded)));
    assertThat(there.rounded()).isEqualTo(rounded);
    assertThat(there.values()).containsExactly(values);
  }

  @Test
  void whatIsNotRoundedIsWhereItIsSent() throws Exception {
    float[] values = values(20_000);
    float[] sent = values.clone();
    FloatBlock there = block(bytes(new FloatBlock(sent, 15_000)));
    assertThat(sent).containsExactly(values);
    BFloat16.round(values, 0, 15_000);
    assertThat(there.values()).containsExactly(values);
  }

  /** Two bytes for each bfloat16, and as little else as for float32. */
  @Test
  void bfloat16HalvesTheBytes() throws IOException {
    int count = 100_000;
    int plain = bytes(new FloatBlock(new float[count])).length;
    int half = bytes(new FloatBlock(new float[count], count)).length;
    int some = bytes(new FloatBlock(new float[count], 40_000)).length;
    assertThat(plain - half).isBetween(2 * count, 2 * count + 2000);
    assertThat(half).isBetween(2 * count, 2 * count + 2000);
    assertThat(plain - some).isBetween(80_000 - 1000, 80_000 + 1000);
  }
}
