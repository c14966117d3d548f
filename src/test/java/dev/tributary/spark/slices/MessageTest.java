package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Wire;
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
  private static final Values NONE = new Values.InArray(Wire.F32, new float[0], 0, 0);

  private static Message message(Kind kind) {
    return new Message(kind, 3, 1L << 40, 7, 4, 2, new Scalars(0.25, 12.5, 25, true), NONE);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void arrivesAsItWas(Kind kind) {
    Message sent = message(kind);
    Message there = Message.decode(sent.encode(Wire.F32, VALUES, 1, 4));
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

  /** What is no bfloat16 becomes one; sums are rounded. */
  @Test
  void arrivesRounded() {
    Values there = Message.decode(message(Kind.WEIGHTS).encode(Wire.BF16, VALUES, 1, 5)).values();
    assertThat(there.count()).isEqualTo(5);
    assertThat(there.wire()).isEqualTo(Wire.BF16);
    float[] out = new float[6];
    there.copyTo(out, 1);
    float largest = BFloat16.round(3e38f);
    assertThat(out).isEqualTo(new float[] {0, -0f, 1.5f, Float.NaN, 0, largest});
    float[] sum = {1, 0x1p-8f, 1, 1, 1};
    there.addTo(sum);
    assertThat(sum).isEqualTo(new float[] {1, 1.5f, Float.NaN, 1, largest});
  }

  @Test
  void bfloat16HalvesTheBytes() {
    float[] values = new float[10_001];
    Message message = message(Kind.GRADIENT);
    int header = message.encode(Wire.F32, values, 0, 0).remaining();
    assertThat(message.encode(Wire.F32, values, 1, 10_000).remaining() - header).isEqualTo(40_000);
    assertThat(message.encode(Wire.BF16, values, 1, 10_000).remaining() - header).isEqualTo(20_000);
  }

  /** Longer than what is added at once. */
  @ParameterizedTest
  @EnumSource
  void addsManyValues(Wire wire) {
    float[] values = new float[10_001];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    BFloat16.round(values, 0, wire.rounded(values.length));
    float[] sum = values.clone();
    Message.decode(message(Kind.GRADIENT).encode(wire, values, 0, values.length))
        .values()
        .addTo(sum);
    for (int i = 0; i < values.length; i++) {
      assertThat(sum[i]).isEqualTo(2 * values[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 59, 61, 62})
  void refusesOtherLengths(int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (length > 3) {
      bytes.putInt(0, Wire.F32.bytes());
    }
    assertThatThrownBy(() -> Message.decode(bytes))
        .hasMessage(length + " bytes are not a message of pieces");
  }

  @Test
  void refusesHalvesOfValues() {
    ByteBuffer odd = message(Kind.GRADIENT).encode(Wire.BF16, VALUES, 0, 3);
    odd.order(ByteOrder.LITTLE_ENDIAN).putInt(0, Wire.F32.bytes());
    assertThatThrownBy(() -> Message.decode(odd))
        .hasMessage("66 bytes are not a message of pieces");
  }

  @Test
  void refusesOtherKinds() {
    ByteBuffer bytes = message(Kind.HELLO).encode(Wire.F32, VALUES, 0, 0);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putInt(4, 9);
    assertThatThrownBy(() -> Message.decode(bytes)).hasMessage("a message of unknown kind 9");
  }

  @Test
  void requestsAreNamesOfBlocks() {
    Request request = new Request(5, 2, 1234567890123L, 17, 3);
    assertThat(request.id().name()).isEqualTo("broadcast_5_2_1234567890123_17_3");
    assertThat(Request.of(request.id())).isEqualTo(request);
    assertThatThrownBy(() -> Request.of(new BroadcastBlockId(5, "2_7_17")))
        .hasMessage("broadcast_5_2_7_17 is not a piece's name");
    assertThatThrownBy(() -> Request.of(new RDDBlockId(1, 2)))
        .hasMessage("rdd_1_2 is not a piece's name");
  }
}
