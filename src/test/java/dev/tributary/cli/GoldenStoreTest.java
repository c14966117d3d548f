package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Model stores as older versions of Tributary left them: they load, mean what they meant, and are
 * gone on with. When a format changes, what the last one leaves is put beside them, and none goes.
 *
 * <ul>
 *   <li>v1: models without preparation, the first that a store ever held
 *   <li>v2: with preparation; watermarks of a name and a time alone
 * </ul>
 */
final class GoldenStoreTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1");

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeAll
  static void settings() {
    SETTINGS.forEach(System::setProperty);
  }

  @AfterAll
  static void noSettings() {
    SETTINGS.keySet().forEach(System::clearProperty);
  }

  @BeforeEach
  void capture() {
    PrintStream capture = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(capture);
    System.setErr(capture);
  }

  @AfterEach
  void release() {
    System.setOut(realOut);
    System.setErr(realErr);
  }

  private String run(String... arguments) {
    bytes.reset();
    int code = Main.run(arguments);
    String output = bytes.toString(StandardCharsets.UTF_8);
    assertThat(code).as(output).isZero();
    return output;
  }

  private Path store(String format) throws IOException {
    Path from = Path.of("src/test/resources/stores").resolve(format);
    Path to = folder.resolve("store/golden");
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path place = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(place);
        } else {
          Files.copy(file, place);
        }
      }
    }
    return to;
  }

  private double accuracy(Path version, int period) {
    String said =
        run(
            "evaluate",
            version.toString(),
            "--data",
            folder.resolve(String.format("arrivals/period=%05d/digits", period)).toString());
    return said.lines()
        .filter(line -> line.startsWith("accuracy"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9.]", "")))
        .findFirst()
        .orElseThrow();
  }

  /** The accuracies are those that the versions themselves told of their models. */
  @ParameterizedTest
  @CsvSource({"v1, 0.3400, 0.3267, 1", "v2, 0.4387, 0.4027, 1"})
  void loadsAndGoesOn(String format, double first, double second, int champion) throws IOException {
    Path store = store(format);
    for (int period : new int[] {0, 4, 5}) {
      run(
          "arrive",
          folder.resolve("arrivals").toString(),
          "--period",
          "" + period,
          "--samples",
          "1500");
    }
    assertThat(run("models", "list", store.toString()))
        .containsPattern("\\*\\s+" + champion + "  period=0000")
        .contains("period=00004");
    assertThat(run("models", "diff", store.toString(), "1", "2"))
        .contains("the network is the same");
    // Within the last digit told, and what another engine may make of a sample on the edge.
    assertThat(accuracy(store.resolve("versions/000001"), 0)).isCloseTo(first, within(0.002));
    assertThat(accuracy(store.resolve("versions/000002"), 4)).isCloseTo(second, within(0.002));

    // Each version's own job, as it was kept.
    String said =
        run(
            "retrain",
            store.resolve("versions/000002/job.conf").toString(),
            "-D",
            "name=golden",
            "-D",
            "retrain.store=" + folder.resolve("store"),
            "-D",
            "retrain.data=" + folder.resolve("arrivals"));
    assertThat(said)
        .contains("period \"period=00005/digits\", 1,500 new samples in 1 arrivals, from version");
    var line =
        new ObjectMapper()
            .readTree(said.lines().filter(l -> l.startsWith("{")).findFirst().orElseThrow());
    assertThat(line.get("version").asInt()).isEqualTo(3);
    List<String> old = new ArrayList<>();
    new ObjectMapper()
        .readTree(store.resolve("versions/000003/version.json").toFile())
        .get("old")
        .forEach(name -> old.add(name.asText()));
    assertThat(old).containsExactly("period=00000/digits", "period=00004/digits");
    run("models", "promote", store.toString(), "3");
    assertThat(run("models", "rollback", store.toString()))
        .startsWith("version ")
        .contains("is champion: rolled back by hand");
  }
}
