package dev.tributary.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FiniteTest {
  private static final int COUNT = 1300;

  private static float[] values() {
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = i % 3 == 0 ? -Float.MAX_VALUE : i % 3 == 1 ? Float.MIN_VALUE : -0f;
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void findsOneAnywhere(float bad) {
    assertThat(Finite.all(values(), 0, COUNT)).isTrue();
    assertThat(Finite.firstNot(values(), 0, COUNT)).isEqualTo(-1);
    for (int at = 0; at < COUNT; at++) {
      float[] values = values();
      values[at] = bad;
      assertThat(Finite.all(values, 0, COUNT)).as("at %d", at).isFalse();
      assertThat(Finite.scale(values.clone(), 0, COUNT, 0.5f)).as("at %d", at).isFalse();
      assertThat(Finite.firstNot(values, 0, COUNT)).isEqualTo(at);
      assertThat(Finite.all(values, 0, at)).isTrue();
      assertThat(Finite.all(values, at + 1, COUNT)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {0.1f, 1f, 3e-39f, -7f})
  void scalesLikeOneLoop(float factor) {
    float[] values = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = i * 0.37f;
    }
    float[] scaled = values.clone();
    assertThat(Finite.scale(scaled, 3, COUNT, factor)).isTrue();
    for (int i = 0; i < COUNT; i++) {
      assertThat(scaled[i]).isEqualTo(i < 3 ? values[i] : values[i] * factor);
    }
  }

  @Test
  void seesAnOverflowOfTheProduct() {
    assertThat(Finite.scale(values(), 0, COUNT, 2f)).isFalse();
  }
}
