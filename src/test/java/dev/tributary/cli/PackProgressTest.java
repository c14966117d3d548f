package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.spark.pack.PackObserver.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is told of a pass over the data. */
final class PackProgressTest {
  @Test
  void tellsRowsBytesAndTimeLeft() {
    assertThat(PackProgress.left(30, 0.25)).isEqualTo(Duration.ofSeconds(90));
    assertThat(PackProgress.text(Phase.READ, 1_250_000, 165_000_000, Duration.ofSeconds(90)))
        .isEqualTo("read 1,250,000 rows, 165.0 MB, 1:30 left");
  }

  @Test
  void saysNothingOfTheTimeBeforeAnythingIsDone() {
    assertThat(PackProgress.left(3, 0)).isNull();
    assertThat(PackProgress.text(Phase.WRITE, 7, 900, null)).isEqualTo("packed 7 rows, 0.0 MB");
  }
}
