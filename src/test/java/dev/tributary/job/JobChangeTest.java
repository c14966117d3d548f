package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** A run goes on only with a job that leads to the same weights. */
final class JobChangeTest {
  private static String job(Map<String, String> keys) {
    String text =
        """
        data.digits { train = 400, test = 0 }
        network { input = [28, 28, 1], layers = [{ type = flatten }, { type = affine, outputs = 10 }] }
        train.optimizer = { type = adam }
        """;
    return JobParser.parse(text, "change", "change", keys).text();
  }

  /** All round alike, so how and where it runs may change; not what weights are rounded to. */
  @Test
  void whatIsRoundedMayNotChange() {
    String rounded = job(Map.of("train.wire", "bf16"));
    assertThatNoException()
        .isThrownBy(
            () ->
                JobChange.check(
                    rounded,
                    job(
                        Map.of(
                            "train.wire", "bf16",
                            "train.exchange", "tree",
                            "train.fan_in", "2",
                            "train.partitions", "4"))));
    assertThatThrownBy(() -> JobChange.check(rounded, job(Map.of())))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "the job is not the one that is to be resumed: train.wire (was bf16, is f32); undo that,"
                + " or begin another run with another run.dir");
  }
}
