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
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retrains on rows: what is new by folder, by time, and by a column's values. */
final class RetrainTablesTest {
  private static final Map<String, String> SETTINGS =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.driver.host", "127.0.0.1",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.shuffle.partitions", "2");

  /** Which of two classes a visit ends in; x and y are numbers, city a category. */
  private static final String CLASSES =
      """
      name = visits
      data {
        format = csv, features = [x, y, city], categorical = [city], label = bought
        prepare = [{ type = one_hot, columns = [2], categories = 6, unknown = zeros }]
      }
      network {
        input = [8]
        layers = [{ type = affine, outputs = 8, initializer = he }, { type = relu },
          { type = affine, outputs = 2 }]
      }
      train { optimizer = { type = adam, rate = 0.02 }, epochs = 8, batch = 32, shards = 4 }
      """;

  /** A number, from x and y. */
  private static final String NUMBERS =
      """
      name = amounts
      data {
        format = csv, features = [x, y], label = amount, label_kind = numbers
        options = { inferSchema = true }
      }
      network {
        input = [2]
        layers = [{ type = affine, outputs = 16, initializer = he }, { type = relu },
          { type = affine, outputs = 1 }]
      }
      train {
        loss = squared_error
        optimizer = { type = adam, rate = 0.02 }, epochs = 8, batch = 32, shards = 4, metric = rmse
      }
      """;

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

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Path rows() {
    return folder.resolve("rows");
  }

  /** Rows whose classes turn round, and whose amounts grow, with the day. */
  private void arrive(String file, int day, String... cities) throws IOException {
    Random random = new Random(day);
    StringBuilder text = new StringBuilder("x,y,city,bought,amount,seen\n");
    Instant morning = Instant.parse("2026-11-01T06:00:00Z").plus(Duration.ofDays(day));
    for (int i = 0; i < 600; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      double turned = x * Math.cos(day) + y * Math.sin(day);
      text.append(
          String.format(
              Locale.ROOT,
              "%.4f,%.4f,%s,%d,%.4f,%s%n",
              x,
              y,
              cities[i % cities.length],
              turned > 0 ? 1 : 0,
              (day + 1) * turned,
              morning.plusSeconds(60L * i)));
    }
    Path path = rows().resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  /** The line for the scheduler. */
  private JsonNode retrain(String job, int code, String... more) throws IOException {
    bytes.reset();
    Path file = Files.writeString(folder.resolve("job.conf"), job);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "retrain",
                file.toString(),
                "-D",
                "retrain.store=" + folder.resolve("store"),
                "-D",
                "retrain.data=" + rows()));
    for (String key : more) {
      arguments.addAll(key.startsWith("--") ? List.of(key) : List.of("-D", key));
    }
    assertThat(Main.run(arguments.toArray(String[]::new))).as(output()).isEqualTo(code);
    String line = output().lines().filter(l -> l.startsWith("{")).reduce((a, b) -> b).orElse("");
    return new ObjectMapper().readTree(line);
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve("store").resolve(file).toFile());
  }

  @Test
  void foldersThatArriveAreNew() throws IOException {
    arrive("day=2026-11-01/part-0.csv", 0, "Bonn", "Jena", "Ulm");
    assertThat(retrain(CLASSES, 2, "retrain.new_store=refuse").get("error").asText())
        .contains("holds no model, and retrain.new_store = refuse takes that for a mistake");
    assertThat(folder.resolve("store")).doesNotExist();
    JsonNode first = retrain(CLASSES, 0);
    assertThat(first.get("period").asText()).isEqualTo("day=2026-11-01");
    assertThat(first.at("/metrics/accuracy").asDouble()).isGreaterThan(0.85);

    // Two folders, one of several files, and a city that the champion never saw.
    arrive("day=2026-11-02/part-0.csv", 1, "Aalen", "Jena");
    arrive("day=2026-11-02/part-1.csv", 11, "Jena");
    arrive("day=2026-11-03/part, {0}.csv", 2, "Ulm");
    JsonNode planned = retrain(CLASSES, 0, "--dry-run");
    assertThat(planned.get("new").toString()).isEqualTo("[\"day=2026-11-02\",\"day=2026-11-03\"]");
    JsonNode second = retrain(CLASSES, 0);
    assertThat(second.get("status").asText()).isEqualTo("promoted");
    assertThat(second.get("period").asText()).isEqualTo("day=2026-11-03");
    assertThat(output()).contains("1,800 new samples in 2 arrivals, from version 1");
    assertThat(second.get("why").asText()).startsWith("McNemar's test");
    assertThat(json("visits/versions/000002/version.json").get("replayed_share").asDouble())
        .isEqualTo(1);
    assertThat(json("visits/versions/000001/model/model.json").at("/vocabulary/city").toString())
        .isEqualTo("[\"Bonn\",\"Jena\",\"Ulm\"]");
    assertThat(json("visits/versions/000002/model/model.json").at("/vocabulary/city").toString())
        .as("the numbers that a model knows stay")
        .isEqualTo("[\"Bonn\",\"Jena\",\"Ulm\",\"Aalen\"]");
    assertThat(Files.readString(folder.resolve("store/visits/versions/000002/report.html")))
        .contains("<td>city</td>")
        .contains("labels, classes")
        .contains("y, tenths of the older data");

    // Late: it is told, and old data from now on.
    arrive("day=2026-10-31/part-0.csv", 3, "Ulm");
    JsonNode late = retrain(CLASSES, 0);
    assertThat(late.get("status").asText()).isEqualTo("no_new_data");
    assertThat(late.get("late").toString()).isEqualTo("[\"day=2026-10-31\"]");

    // Still being written, or too little to be worth it.
    arrive("day=2026-11-04/part-0.csv", 4, "Ulm");
    assertThat(retrain(CLASSES, 0, "retrain.settle=3600").get("why").asText())
        .isEqualTo("nothing new in " + rows());
    assertThat(retrain(CLASSES, 0, "retrain.least=601").get("why").asText())
        .isEqualTo("600 new samples, fewer than retrain.least = 601");
    assertThat(retrain(CLASSES, 0, "--dry-run").get("new").size()).isEqualTo(1);

    // A version predicts rows like those it was trained on.
    Path predictions = folder.resolve("predictions");
    bytes.reset();
    assertThat(
            Main.run(
                "predict",
                folder.resolve("store/visits/versions/000002").toString(),
                "--data",
                rows().resolve("day=2026-11-02").toString(),
                "--output",
                predictions.toString()))
        .as(output())
        .isZero();
    assertThat(predictions.resolve("_SUCCESS")).exists();
    assertThat(Main.run("train", folder.resolve("job.conf").toString(), "-D", "retrain.data=x"))
        .isEqualTo(2);
    assertThat(output()).contains("data.train is not set; a job with retrain.data needs it");
  }

  @Test
  void filesThatWereChangedAreNew() throws IOException {
    Instant noon = Instant.parse("2026-11-23T12:00:00Z");
    arrive("a.csv", 0, "Bonn");
    Files.setLastModifiedTime(rows().resolve("a.csv"), FileTime.from(noon));
    retrain(CLASSES, 0, "retrain.new_by=time");
    assertThat(retrain(CLASSES, 0, "retrain.new_by=time").get("status").asText())
        .isEqualTo("no_new_data");

    // Written before the last one used, but moved into place after: within retrain.late it is new.
    arrive("b.csv", 1, "Jena");
    Files.setLastModifiedTime(
        rows().resolve("b.csv"), FileTime.from(noon.minus(Duration.ofMinutes(30))));
    arrive("c.csv", 2, "Jena");
    Files.setLastModifiedTime(
        rows().resolve("c.csv"), FileTime.from(noon.minus(Duration.ofMinutes(90))));
    JsonNode planned = retrain(CLASSES, 0, "retrain.new_by=time", "--dry-run");
    assertThat(planned.get("new").toString()).isEqualTo("[\"b.csv\"]");
    retrain(CLASSES, 0, "retrain.new_by=time");
    assertThat(json("visits/versions/000002/version.json").get("old").toString())
        .isEqualTo("[\"c.csv\",\"a.csv\"]");
    assertThat(retrain(CLASSES, 0, "retrain.new_by=time").get("status").asText())
        .as("neither is new twice")
        .isEqualTo("no_new_data");

    // Corrected: it is new again.
    arrive("a.csv", 5, "Bonn");
    planned = retrain(CLASSES, 0, "retrain.new_by=time", "--dry-run");
    assertThat(planned.get("new").toString()).isEqualTo("[\"a.csv\"]");
  }

  @Test
  void rowsWithGreaterValuesAreNew() throws IOException {
    String[] column = {"retrain.new_by=column", "retrain.column=seen"};
    arrive("0.csv", 0, "Bonn");
    JsonNode first = retrain(NUMBERS, 0, column);
    assertThat(first.at("/metrics/rmse").asDouble()).isLessThan(0.5);
    assertThat(output()).contains("600 new samples in 1 arrivals");
    JsonNode nothing = retrain(NUMBERS, 0, column);
    assertThat(nothing.get("status").asText()).isEqualTo("no_new_data");

    arrive("1.csv", 2, "Bonn");
    JsonNode second = retrain(NUMBERS, 0, column);
    assertThat(output()).contains("600 new samples in 1 arrivals, from version 1");
    assertThat(second.get("status").asText()).isEqualTo("promoted");
    assertThat(second.get("why").asText()).startsWith("the bootstrap on").contains("loss");
    JsonNode details = json("amounts/versions/000002/version.json");
    assertThat(details.at("/watermark/value").asText())
        .isEqualTo("" + Instant.parse("2026-11-03T15:59:00Z").getEpochSecond() + "000000");
    assertThat(details.at("/comparison/measure").asText()).isEqualTo("loss");
    assertThat(details.at("/champion_metrics/rmse").asDouble())
        .isGreaterThan(details.at("/metrics/rmse").asDouble());
    assertThat(details.at("/drift/labels_psi").asDouble()).isGreaterThan(0.25);

    // A challenger without time is no better, and the window holds the latest retrain's rows alone.
    arrive("2.csv", 3, "Bonn");
    JsonNode third =
        retrain(
            NUMBERS,
            0,
            column[0],
            column[1],
            "retrain.window=1",
            "retrain.start=scratch",
            "retrain.time_budget=0.0001");
    assertThat(third.get("status").asText()).isEqualTo("kept");
    assertThat(third.get("champion").asInt()).isEqualTo(2);
    assertThat(json("amounts/versions/000003/version.json").get("old").get(0).asText())
        .startsWith("`seen` > timestamp_micros(")
        .contains("AND `seen` <= timestamp_micros(");
    assertThat(Main.run("models", "list", folder.resolve("store/amounts").toString())).isZero();
    assertThat(output()).contains("*       2  seen=").contains("rmse ");
  }

  @Test
  void saysWhatDoesNotFit() throws IOException {
    arrive("a.csv", 0, "Bonn");
    assertThat(retrain(NUMBERS, 2, "retrain.test=mcnemar").get("error").asText())
        .contains("mcnemar compares answers that are right or wrong, but this job's are numbers");
    assertThat(retrain(NUMBERS, 2, "retrain.column=seen").get("error").asText())
        .contains("retrain.new_by = column and retrain.column")
        .contains("go together");
    assertThat(
            retrain(
                    NUMBERS.replace("features = [x, y], ", ""),
                    2,
                    "retrain.new_by=column",
                    "retrain.column=seen")
                .get("error")
                .asText())
        .contains("retrain.new_by = column needs rows")
        .contains("data.features");
    assertThat(
            retrain(NUMBERS, 3, "retrain.new_by=column", "retrain.column=sen")
                .get("error")
                .asText())
        .contains("has no column sen; it has x, y, city, bought, amount, seen");
    assertThat(retrain(NUMBERS, 2, "data.format=table").get("error").asText())
        .contains("data.format = table has no files that arrive; set retrain.new_by = column");
    retrain(NUMBERS, 0);
    arrive("b.csv", 1, "Bonn");
    assertThat(
            retrain(NUMBERS, 2, "retrain.start=scratch", "data.features=[x]", "network.input=[1]")
                .get("error")
                .asText())
        .contains("they cannot be compared; give the job another name");
  }
}
