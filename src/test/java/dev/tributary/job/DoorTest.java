package dev.tributary.job;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text that must not be parsed, and names that must not become paths. */
final class DoorTest {
  @TempDir private Path folder;

  private static void assertRefused(String text, String message) {
    assertThatThrownBy(() -> JobParser.parse(text, "my.conf", "my", Map.of()))
        .isInstanceOf(JobException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aJobFileIncludesNoOther() throws IOException {
    Path other = Files.writeString(folder.resolve("other.conf"), "name = other");
    String advice = ": a job file includes no other; put all of it into one file, or use -D";
    assertRefused("include \"" + other + "\"", "my.conf: include " + other + advice);
    assertRefused("include file(\"" + other + "\")", "my.conf: include " + other + advice);
    assertRefused("include required(file(\"" + other + "\"))", advice);
    assertRefused("include classpath(\"reference.conf\")", "include reference.conf" + advice);
    assertRefused(
        "include url(\"http://me:secret@127.0.0.1:9/x\")", "include http://***@127.0.0.1:9/x");
    assertThatThrownBy(() -> Assembly.network("include \"" + other + "\"", "model.json"))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("model.json");
  }

  @Test
  void depthAndLengthAreBounded() {
    String message = "my.conf: over 200 brackets within each other; is it a job file?";
    assertRefused("a = " + "[".repeat(100_000), message);
    assertRefused("{a:".repeat(100_000), message);
    assertRefused("#".repeat(5 << 20), "my.conf: 5,242,880 characters, more than the 4,194,304");
    assertThatThrownBy(() -> Assembly.loss("[".repeat(100_000), "model.json"))
        .isInstanceOf(JobException.class)
        .hasMessageStartingWith("model.json: over 200 brackets");
    assertThatThrownBy(() -> JobParser.parse("", "my.conf", "my", Map.of("a", "[".repeat(100_000))))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("over 200 brackets");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../up", "/etc/x", "a/b", "..", ".hidden", "a\\\\b", "x:y", "a*"})
  void aNameLeadsNowhereElse(String name) {
    String rest =
        """
        network { input = [2], layers = [{ type = affine, outputs = 2 }] }
        train.optimizer = { type = adam }
        """;
    assertRefused("name = \"" + name + "\"\n" + rest, "is not a plain name");
  }
}
