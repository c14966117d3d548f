package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Step;
import dev.tributary.spark.slices.SliceTask.Result;
import dev.tributary.spark.slices.SliceTask.State;
import dev.tributary.spark.slices.TurnMessage.Ask;
import dev.tributary.spark.slices.TurnMessage.Go;
import dev.tributary.train.GradientSum;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What tasks and driver say to each other arrives as it was. */
final class TurnMessageTest {
  @ParameterizedTest
  @EnumSource(State.class)
  void resultsArrive(State state) {
    GradientSum scalars = GradientSum.ofScalars(0.1, 12.5, 1L << 40);
    Ask sent = new Ask(3, 7, 1L << 35, new Result(state, scalars, 0.25, true, "because\n…"));
    Ask there = Ask.decode(sent.encode());
    assertThat(there.generation()).isEqualTo(3);
    assertThat(there.place()).isEqualTo(7);
    assertThat(there.step()).isEqualTo(1L << 35);
    Result result = Objects.requireNonNull(there.result());
    assertThat(result.state()).isEqualTo(state);
    assertThat(result.scalars().loss()).isEqualTo(0.1);
    assertThat(result.scalars().weight()).isEqualTo(12.5);
    assertThat(result.scalars().samples()).isEqualTo(1L << 40);
    assertThat(result.penalty()).isEqualTo(0.25);
    assertThat(result.isGuest()).isTrue();
    assertThat(result.why()).isEqualTo("because\n…");
  }

  @Test
  void aTaskThatBeginsHasMadeNothing() {
    assertThat(Ask.decode(Ask.first(1, 2).encode())).isEqualTo(Ask.first(1, 2));
    assertThat(Ask.first(1, 2).result()).isNull();
  }

  @Test
  void stepsArriveAndTheEnd() {
    Go go = new Go(Step.of(1234, 100), 0.1, false);
    Go keeping = new Go(Step.of(1234, 100), 0.1, true);
    assertThat(Go.decode(go.encode())).isEqualTo(go);
    assertThat(Go.decode(keeping.encode())).isEqualTo(keeping).isNotEqualTo(go);
    assertThat(Go.decode(TurnMessage.END)).isNull();
  }

  /** A long reason is cut, not refused. */
  @Test
  void cutsLongReasons() {
    Result result = new Result(State.LOST, new GradientSum(0), 0, false, "x".repeat(100_000));
    Ask there = Ask.decode(new Ask(0, 0, 0, result).encode());
    assertThat(Objects.requireNonNull(there.result()).why()).hasSize(10_000);
  }
}
