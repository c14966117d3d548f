package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retrains in a row over data that arrives and drifts, and what may go wrong between. */
final class RetrainTest {
  private static final String JOB = "jobs/digits-retrain.conf";
  private static final List<String> SETTINGS =
      List.of("spark.master", "spark.ui.enabled", "spark.driver.host", "spark.driver.bindAddress");

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeAll
  static void settings() {
    List<String> values = List.of("local[2]", "false", "127.0.0.1", "127.0.0.1");
    for (int i = 0; i < SETTINGS.size(); i++) {
      System.setProperty(SETTINGS.get(i), values.get(i));
    }
  }

  @AfterAll
  static void noSettings() {
    SETTINGS.forEach(System::clearProperty);
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

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Path store() {
    return folder.resolve("store/digits-retrain");
  }

  private void arrive(int period) {
    String arrivals = folder.resolve("arrivals").toString();
    assertThat(Main.run("arrive", arrivals, "--period", "" + period, "--samples", "1500"))
        .as(output())
        .isZero();
  }

  /** The line for the scheduler. */
  private JsonNode retrain(int code, String... more) throws IOException {
    bytes.reset();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "retrain",
                JOB,
                "-D",
                "retrain.store=" + folder.resolve("store"),
                "-D",
                "retrain.data=" + folder.resolve("arrivals"),
                "-D",
                "data.prepare=standardize"));
    arguments.addAll(List.of(more));
    assertThat(Main.run(arguments.toArray(String[]::new))).as(output()).isEqualTo(code);
    String line = output().lines().filter(l -> l.startsWith("{")).reduce((a, b) -> b).orElse("");
    return new ObjectMapper().readTree(line);
  }

  private int champion() throws IOException {
    try (Stream<Path> entries = Files.list(store().resolve("champion"))) {
      Path last =
          entries
              .filter(p -> p.getFileName().toString().matches("\\d+\\.json"))
              .sorted()
              .reduce((a, b) -> b)
              .orElseThrow();
      return new ObjectMapper().readTree(last.toFile()).get("version").asInt();
    }
  }

  @Test
  void keepsAModelUpToDate() throws IOException {
    arrive(0);
    JsonNode planned = retrain(0, "--dry-run");
    assertThat(planned.get("status").asText()).isEqualTo("dry_run");
    assertThat(folder.resolve("store")).doesNotExist();

    JsonNode first = retrain(0);
    assertThat(first.get("status").asText()).isEqualTo("promoted");
    assertThat(first.get("why").asText()).startsWith("the first");
    assertThat(first.get("period").asText()).isEqualTo("period=00000/digits");
    assertThat(champion()).isEqualTo(1);

    JsonNode nothing = retrain(0);
    assertThat(nothing.get("status").asText()).isEqualTo("no_new_data");
    assertThat(nothing.get("champion").asInt()).isEqualTo(1);

    arrive(4);
    assertThat(retrain(2, "-D", "data.prepare=log1p").get("error").asText())
        .contains(
            "the job's data.prepare is not that of the champion, version 1, so its weights do");
    JsonNode second = retrain(0, "--period", "2026-11-23");
    assertThat(second.get("status").asText()).as(output()).isEqualTo("promoted");
    assertThat(second.get("why").asText()).contains("McNemar's test (p =").contains("beyond luck");
    assertThat(second.at("/drift/features_max_psi").asDouble()).isGreaterThan(0.25);
    assertThat(champion()).isEqualTo(2);
    String report = Files.readString(store().resolve("versions/000002/report.html"));
    assertThat(report)
        .contains("Promoted to champion")
        .contains("PSI")
        .contains("<svg")
        .contains("challenger")
        .doesNotContain("<script");

    JsonNode again = retrain(0, "--period", "2026-11-23");
    assertThat(again.get("status").asText()).isEqualTo("already_done");
    assertThat(again.get("version").asInt()).isEqualTo(2);

    // Killed between the version and the champion: the next run finishes it.
    try (Stream<Path> entries = Files.list(store().resolve("champion"))) {
      for (Path entry : entries.filter(p -> p.toString().contains("000002")).toList()) {
        Files.delete(entry);
      }
    }
    assertThat(champion()).isEqualTo(1);
    retrain(0);
    assertThat(champion()).isEqualTo(2);

    // A margin that nothing reaches, and the bootstrap; no time to train in either.
    arrive(5);
    JsonNode third =
        retrain(
            0,
            "-D",
            "retrain.margin=0.9",
            "-D",
            "retrain.test=bootstrap",
            "-D",
            "retrain.start=scratch",
            "-D",
            "retrain.time_budget=0.0001");
    assertThat(third.get("status").asText()).isEqualTo("kept");
    assertThat(third.get("why").asText())
        .startsWith("the bootstrap on")
        .endsWith("not better by more than 0.9");
    assertThat(champion()).isEqualTo(2);
    JsonNode details =
        new ObjectMapper().readTree(store().resolve("versions/000003/version.json").toFile());
    assertThat(details.get("stopped_because").asText()).contains("minutes are over");

    assertThat(preparation(2)).as("kept with the weights").isEqualTo(preparation(1)).isNotEmpty();
    assertThat(preparation(3)).as("found anew").isNotEqualTo(preparation(1)).isNotEmpty();

    models();
  }

  private JsonNode preparation(int version) throws IOException {
    Path directory = store().resolve(String.format("versions/%06d", version));
    try (Stream<Path> files = Files.walk(directory)) {
      Path model = files.filter(f -> f.endsWith("model.json")).findAny().orElseThrow();
      return new ObjectMapper().readTree(model.toFile()).get("preparation");
    }
  }

  private void models() throws IOException {
    String store = store().toString();
    bytes.reset();
    assertThat(Main.run("models", "list", store)).as(output()).isZero();
    assertThat(output()).contains("*       2  2026-11-23").contains("        3  period=00005");
    assertThat(Main.run("models", "show", store)).isZero();
    assertThat(output()).contains("\"champion_before\" : 1");
    assertThat(Main.run("models", "diff", store, "1", "2")).isZero();
    assertThat(output()).contains("the network is the same").contains("weights differ by");
    assertThat(Main.run("models", "rollback", store, "--why", "complaints")).isZero();
    assertThat(champion()).isEqualTo(1);
    assertThat(Main.run("models", "promote", store, "3")).isZero();
    assertThat(champion()).isEqualTo(3);
    assertThat(Main.run("models", "prune", store, "--keep", "1")).isZero();
    assertThat(output()).contains("removed [2]");
    assertThat(Main.run("models", "promote", store, "2")).isEqualTo(2);
    assertThat(output()).contains("has no version 2; it has [1, 3]");
    // A version is a model like any other.
    Path version = store().resolve("versions/000003");
    Path table = folder.resolve("predictions");
    assertThat(
            Main.run(
                "predict",
                version.toString(),
                "--data",
                folder.resolve("arrivals/period=00005/digits").toString(),
                "--output",
                table.toString()))
        .as(output())
        .isZero();
    assertThat(table).exists();
  }

  /** Nothing is there afterwards, and with room it is done as if nothing had been. */
  @Test
  void aFullDiskLeavesNoHalf() throws IOException {
    Assumptions.assumeTrue(Files.exists(Path.of(FullDisk.DEVICE)), "no " + FullDisk.DEVICE);
    arrive(0);
    System.setProperty("spark.hadoop.fs.full.impl", FullDisk.class.getName());
    try {
      JsonNode line =
          retrain(
              1, "-D", "retrain.store=full://" + folder.resolve("store"), "-D", "train.epochs=1");
      assertThat(line.get("status").asText()).isEqualTo("failed");
      assertThat(line.get("error").asText()).isEqualTo("No space left on device");
      assertThat(output()).contains("tributary: failed: IOException: No space left on device");
    } finally {
      System.clearProperty("spark.hadoop.fs.full.impl");
    }
    assertThat(store().resolve("lease")).doesNotExist();
    assertThat(store().resolve("versions/000001")).doesNotExist();
    assertThat(retrain(0, "-D", "train.epochs=1").get("version").asInt()).isEqualTo(1);
    assertThat(champion()).isEqualTo(1);
    try (Stream<Path> versions = Files.list(store().resolve("versions"))) {
      assertThat(versions).hasSize(1);
    }
  }

  @Test
  void saysWhatIsWrong() throws IOException {
    assertThat(retrain(3).get("error").asText()).contains("retrain.data names the one");
    assertThat(retrain(2, "-D", "retrain.holdout=0").get("error").asText())
        .contains("expected it above 0");
    assertThat(retrain(2, "-D", "retrain.confidence=0.2").get("error").asText())
        .contains("expected it from 0.5 to below 1");
    bytes.reset();
    assertThat(Main.run("retrain", "jobs/digits.conf")).isEqualTo(2);
    assertThat(output()).contains("retrain needs retrain.store");
    assertThat(Main.run("models")).isEqualTo(2);
    assertThat(output()).contains("models needs a verb: list, show");
    assertThat(Main.run("models", "list", folder.toString())).isEqualTo(2);
    assertThat(output()).contains("is no model store");
  }
}
