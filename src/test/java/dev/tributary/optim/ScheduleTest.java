package dev.tributary.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What PyTorch's figures do not cover: one cycle, schedules one after the other, wrong numbers. */
final class ScheduleTest {
  /** PyTorch 2's OneCycleLR(max_lr=1, total_steps=10) at its defaults, by its formula. */
  @Test
  void oneCycleRisesAndFalls() {
    Schedule cycle = Schedule.oneCycle(1, 10, 0.3, 25, 1e4);
    assertThat(cycle.rate(0)).isCloseTo(0.04, within(1e-12));
    assertThat(cycle.rate(1)).isCloseTo(0.52, within(1e-12));
    assertThat(cycle.rate(2)).isCloseTo(1, within(1e-12));
    assertThat(cycle.rate(3)).isCloseTo(0.9504846320134737, within(1e-5));
    assertThat(cycle.rate(9)).isCloseTo(4e-6, within(1e-12));
    assertThat(cycle.rate(100)).isCloseTo(4e-6, within(1e-12));
  }

  @Test
  void schedulesFollowEachOther() {
    Schedule both = Schedule.linearWarmUp(1, 4, 0.2).then(4, Schedule.cosine(1, 10, 0));
    assertThat(both.rate(0)).isCloseTo(0.2, within(1e-12));
    assertThat(both.rate(2)).isCloseTo(0.6, within(1e-12));
    assertThat(both.rate(4)).isCloseTo(1, within(1e-12));
    assertThat(both.rate(9)).isCloseTo(0.5, within(1e-12));
    assertThat(both.rate(14)).isZero();
    assertThat(both.rate(99)).isZero();
  }

  @Test
  void canBeSetOnceAnEpoch() {
    Schedule line = Schedule.polynomial(1, 100, 1).every(10);
    assertThat(line.rate(9)).isEqualTo(1);
    assertThat(line.rate(10)).isCloseTo(0.9, within(1e-12));
    assertThat(line.rate(19)).isCloseTo(0.9, within(1e-12));
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> Schedule.cosine(0.1, 10, 0.2))
        .hasMessage("minimum must be from 0 to the rate 0.1, not 0.2");
    assertThatThrownBy(() -> Schedule.linearWarmUp(0.1, 10, 0))
        .hasMessage("start_factor must be above 0 and at most 1, not 0.0");
    assertThatThrownBy(() -> Schedule.multiStep(0.1, new double[] {3, 3}, 0.1))
        .hasMessage("the times at which the rate changes must be above 0 and grow: 3.0");
    assertThatThrownBy(() -> Schedule.oneCycle(0.1, 10, 1, 25, 1e4))
        .hasMessage("rise must be above 0 and below 1, not 1.0");
    assertThatThrownBy(() -> Schedule.exponential(0.1, 1, 0))
        .hasMessage("factor must be above 0 and finite, not 0.0");
    assertThatThrownBy(() -> Schedule.polynomial(0.1, 0, 1))
        .hasMessage("length must be above 0 and finite, not 0.0");
  }
}
