package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PlatformTest {
  @Test
  void runsHere() {
    assertThat(Platform.here().problem()).isEmpty();
  }

  @Test
  void runsOnLaterOnes() {
    assertThat(new Platform(21, "4.2.0-SNAPSHOT", "2.13.99").problem()).isEmpty();
  }

  @Test
  void saysAllThatIsWrong() {
    assertThat(new Platform(11, "3.5.6", "2.12.18").problem())
        .contains(
            "this Tributary does not run here:"
                + " found Java 11, expected 17 or later: set JAVA_HOME to one;"
                + " found Spark 3.5.6, expected 4.x: set SPARK_HOME to one;"
                + " found Scala 2.12.18, expected 2.13: take the Spark distribution built for it");
  }

  @Test
  void saysWhatItFoundWhenItIsNoVersion() {
    assertThat(new Platform(17, "unknown", "2.13.17").problem().orElseThrow())
        .contains("found Spark unknown, expected 4.x");
  }

  @Test
  void saysThatThereIsNoSpark() {
    assertThat(Platform.withoutSpark(new NoClassDefFoundError("org/apache/spark/package$")))
        .isEqualTo(
            "there is no Spark on the class path (org/apache/spark/package$); run the jar with"
                + " spark-submit of Spark 4 for Scala 2.13, or with deploy/submit");
  }
}
