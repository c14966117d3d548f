package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.apache.spark.storage.BroadcastBlockId;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What executors send each other arrives as it was, or is refused. */
final class MessageTest {
  private static final float[] VALUES = {0, -0f, 1.5f, Float.NaN, Float.MIN_VALUE, 3e38f};
  private static final Values NONE = new Values.InArray(new float[0], 0, 0);

  private static Message message(Kind kind) {
    return new Message(kind, 3, 1L << 40, 7, 4, 2, new Scalars(0.25, 12.5, 25), NONE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void arrivesAsItWas(Kind kind) {
    Message sent = message(kind);
    Message there = Message.decode(sent.encode(VALUES, 1, 4));
    assertThat(there.kind()).isEqualTo(kind);
    assertThat(there.generation()).isEqualTo(3);
    assertThat(there.step()).isEqualTo(1L << 40);
    assertThat(there.piece()).isEqualTo(7);
    assertThat(there.left()).isEqualTo(4);
    assertThat(there.size()).isEqualTo(2);
    assertThat(there.scalars()).isEqualTo(sent.scalars());
    float[] out = new float[5];
    there.values().copyTo(out, 1);
    assertThat(out).isEqualTo(new float[] {0, -0f, 1.5f, Float.NaN, Float.MIN_VALUE});
    there.values().addTo(out);
    assertThat(out).isEqualTo(new float[] {0, 1.5f, Float.NaN, Float.NaN, Float.MIN_VALUE});
  }

  /** Longer than what is added at once. */
  @Test
  void addsManyValues() {
    float[] values = new float[10_001];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    float[] sum = values.clone();
    Message.decode(message(Kind.GRADIENT).encode(values, 0, values.length)).values().addTo(sum);
    for (int i = 0; i < values.length; i++) {
      assertThat(sum[i]).isEqualTo(2 * values[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 51, 53})
  void refusesOtherLengths(int length) {
    assertThatThrownBy(() -> Message.decode(ByteBuffer.allocate(length)))
        .hasMessage(length + " bytes are not a message of pieces");
  }

  @Test
  void refusesOtherKinds() {
    ByteBuffer bytes = message(Kind.HELLO).encode(VALUES, 0, 0);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(0, 9);
    assertThatThrownBy(() -> Message.decode(bytes)).hasMessage("a message of unknown kind 9");
  }

  @Test
  void requestsAreNamesOfBlocks() {
    Request request = new Request(5, 2, 1234567890123L, 17);
    assertThat(request.id().name()).isEqualTo("broadcast_5_2_1234567890123_17");
    assertThat(Request.of(request.id())).isEqualTo(request);
    assertThatThrownBy(() -> Request.of(new BroadcastBlockId(5, "2_x_17")))
        .hasMessage("broadcast_5_2_x_17 is not a piece's name");
    assertThatThrownBy(() -> Request.of(new RDDBlockId(1, 2)))
        .hasMessage("rdd_1_2 is not a piece's name");
  }
}
