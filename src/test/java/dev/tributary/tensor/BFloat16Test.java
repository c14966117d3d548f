package dev.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounding as bits and in runs is rounding by its definition, value by value. */
final class BFloat16Test {
  /** What lies below the half that is kept: nothing, ties, and what is next to a tie. */
  private static final int[] LOWER = {0, 1, 0x1234, 0x7fff, 0x8000, 0x8001, 0xffff};

  private static final double BEYOND = 0x1p128;

  /**
   * By definition: the nearer of the two neighbours, exactly, as doubles; the even one of a tie.
   */
  private static float plain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return value;
    }
    int inner = bits & 0xffff0000;
    int outer = inner + 0x10000;
    if (Float.isInfinite(value) || inner == bits) {
      return value;
    }
    double magnitude = Math.abs((double) value);
    double toInner = magnitude - magnitude(inner);
    double toOuter = magnitude(outer) - magnitude;
    boolean isInner = toInner < toOuter || (toInner == toOuter && (inner & 0x10000) == 0);
    return Float.intBitsToFloat(isInner ? inner : outer);
  }

  private static double magnitude(int bits) {
    float value = Math.abs(Float.intBitsToFloat(bits));
    return Float.isInfinite(value) ? BEYOND : value;
  }

  private static void assertSame(float found, float expected, String what) {
    if (Float.isNaN(expected)) {
      assertThat(Float.isNaN(found)).as(what).isTrue();
      assertThat(Float.floatToRawIntBits(found) & 0xffff).as("its lower half").isZero();
    } else if (Float.floatToRawIntBits(found) != Float.floatToRawIntBits(expected)) {
      assertThat(found).as(what).isEqualTo(expected);
    }
  }

  /** Every bfloat16, and what lies behind it: both zeros, subnormals, infinities, NaN. */
  private static float[] all() {
    float[] all = new float[LOWER.length << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = Float.intBitsToFloat((i % (1 << 16)) << 16 | LOWER[i >> 16]);
    }
    return all;
  }

  /** Values of all sizes, some of them special. */
  private static float[] random(int count, int seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          random.nextInt(8) == 0
              ? Float.intBitsToFloat(random.nextInt())
              : (float) Math.exp(9 * random.nextGaussian()) * (random.nextBoolean() ? 1 : -1);
    }
    return values;
  }

  @Test
  void roundsEveryValueToTheNearest() {
    float[] values = all();
    float[] rounded = values.clone();
    BFloat16.round(rounded, 0, rounded.length);
    for (int i = 0; i < values.length; i++) {
      String what = Integer.toHexString(Float.floatToRawIntBits(values[i]));
      assertSame(BFloat16.round(values[i]), plain(values[i]), what);
      assertSame(rounded[i], plain(values[i]), what);
      int changed = Float.floatToRawIntBits(rounded[i]) ^ Float.floatToRawIntBits(values[i]);
      if (changed < 0) {
        assertThat(changed).as("whether its sign has changed").isNotNegative();
      }
    }
    float[] again = rounded.clone();
    BFloat16.round(again, 0, again.length);
    assertBits(again, rounded);
  }

  @Test
  void nanOfAllOnesStaysNaN() {
    for (int bits : new int[] {0x7fffffff, 0xffffffff, 0x7f800001, 0xff800001}) {
      assertThat(BFloat16.round(Float.intBitsToFloat(bits))).isNaN();
    }
    assertThat(BFloat16.round(Float.MAX_VALUE)).isInfinite();
    assertThat(BFloat16.round(-0f)).isEqualTo(-0f);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4095, 4096, 4097, 8192, 8193, 20_001})
  void roundsAddsAndPacksInRuns(int count) {
    float[] values = random(count + 5, count);
    float[] others = random(count + 5, count + 1);
    float[] rounded = values.clone();
    BFloat16.round(rounded, 2, 2 + count);
    float[] sum = values.clone();
    BFloat16.add(sum, 2, others, 3, count);

    ByteBuffer packed = ByteBuffer.allocate(3 + BFloat16.BYTES * count).position(3);
    packed.order(ByteOrder.LITTLE_ENDIAN);
    BFloat16.pack(values, 2, count, packed);
    assertThat(packed.remaining()).isZero();
    float[] there = values.clone();
    BFloat16.unpack(packed.position(3).asReadOnlyBuffer(), there, 2, count);
    float[] onTop = others.clone();
    BFloat16.addPacked(direct(packed.position(3)), onTop, 3, count);

    assertBits(there, rounded);
    for (int i = 0; i < values.length; i++) {
      boolean isIn = i >= 2 && i < 2 + count;
      assertSame(rounded[i], isIn ? plain(values[i]) : values[i], "rounded " + i, isIn);
      assertSame(sum[i], isIn ? plain(values[i] + others[i + 1]) : values[i], "sum " + i, isIn);
      boolean isOnTop = i >= 3 && i < 3 + count;
      assertSame(
          onTop[i],
          isOnTop ? plain(others[i] + rounded[i - 1]) : others[i],
          "on top " + i,
          isOnTop);
    }
  }

  /** What is not rounded keeps all its bits. */
  private static void assertSame(float found, float expected, String what, boolean isRounded) {
    if (isRounded) {
      assertSame(found, expected, what);
    } else {
      assertThat(Float.floatToRawIntBits(found))
          .as(what)
          .isEqualTo(Float.floatToRawIntBits(expected));
    }
  }

  private static ByteBuffer direct(ByteBuffer bytes) {
    return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).rewind();
  }

  private static void assertBits(float[] found, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(found[i]) != Float.floatToRawIntBits(expected[i])) {
        assertThat(found[i]).as("value %d", i).isEqualTo(expected[i]);
      }
    }
  }
}
