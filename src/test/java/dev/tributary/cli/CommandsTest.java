package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tributary.data.TestIdx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verbs that run: from data to a run directory, to an evaluation, to predictions. */
final class CommandsTest {
  private static final String JOB =
      """
      data.digits { train = 300, test = 100 }
      network {
        input = [28, 28, 1]
        layers = [
          { type = flatten }
          { type = affine, outputs = 16, initializer = he }
          { type = relu }
          { type = dropout, probability = 0.1 }
          { type = affine, outputs = 10 }
        ]
      }
      train { optimizer = { type = adam }, epochs = 2, batch = 32, shards = 4, log_every = 3 }
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream realOut = System.out;
  private final PrintStream realErr = System.err;

  @BeforeAll
  static void settings() {
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.ui.enabled", "false");
    System.setProperty("spark.driver.host", "127.0.0.1");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
  }

  @AfterAll
  static void noSettings() {
    for (String key :
        List.of(
            "spark.master", "spark.ui.enabled", "spark.driver.host", "spark.driver.bindAddress")) {
      System.clearProperty(key);
    }
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

  private String lastLine() {
    return output().lines().reduce((a, b) -> b).orElse("");
  }

  private String job() throws IOException {
    return Files.writeString(folder.resolve("small.conf"), JOB).toString();
  }

  private JsonNode summary(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("summary.json").toFile());
  }

  @Test
  void trainsEvaluatesAndPredicts() throws IOException {
    Path run = folder.resolve("run");
    assertThat(Main.run("train", job(), "-D", "run.dir=" + run)).as(output()).isZero();
    assertThat(output())
        .contains(
            "training on 300 samples in memory: 2 epochs of 10 steps, 2 tasks a step,"
                + " exchange by reference")
        .contains("epoch 1/2  step 3/10")
        .contains("epoch 2/2  train loss")
        .contains("test accuracy");

    JsonNode summary = summary(run);
    assertThat(summary.fieldNames())
        .toIterable()
        .contains(
            "job",
            "status",
            "epochs",
            "steps",
            "samples",
            "samples_per_second",
            "train_loss",
            "test",
            "parameters",
            "weights_sha256",
            "engine",
            "engine_description",
            "engine_reason",
            "precision",
            "exchange",
            "storage",
            "shards",
            "seed",
            "spark_version",
            "wall_seconds",
            "resumed_from");
    assertThat(summary.get("status").asText()).isEqualTo("completed");
    assertThat(summary.get("job").asText()).isEqualTo("small");
    assertThat(summary.get("steps").asInt()).isEqualTo(20);
    assertThat(summary.get("samples").asInt()).isEqualTo(600);
    assertThat(summary.get("parameters").asInt()).isEqualTo(784 * 16 + 16 + 170);
    assertThat(Files.readAllLines(run.resolve("metrics.csv")))
        .hasSize(1 + 6 + 2)
        .startsWith(
            "kind,epoch,step,rate,train_loss,test_accuracy,test_loss,test_log_loss,test_macro_f1,"
                + "test_top_5_accuracy")
        .anyMatch(line -> line.startsWith("epoch,2,20,0.001,"));
    try (Stream<Path> files = Files.list(run)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> !f.startsWith(".")))
          .containsExactlyInAnyOrder("job.conf", "model", "metrics.csv", "summary.json");
    }

    bytes.reset();
    assertThat(Main.run("evaluate", run.toString())).as(output()).isZero();
    assertThat(output())
        .containsPattern(
            String.format("accuracy +%.4f", summary.get("test").get("accuracy").asDouble()));

    Path csv = folder.resolve("csv");
    assertThat(Main.run("predict", run.toString(), "--output", csv.toString()))
        .as(output())
        .isZero();
    List<String> lines = csvLines(csv);
    assertThat(lines).hasSize(100);
    long correct = lines.stream().map(l -> l.split(",")).filter(l -> l[1].equals(l[2])).count();
    assertThat(correct / 100.0).isEqualTo(summary.get("test").get("accuracy").asDouble());

    assertThat(Main.run("predict", run.toString(), "--output", csv.toString())).isEqualTo(2);
    assertThat(lastLine()).contains("is already there; nothing was written");
  }

  private static final String PRICES =
      """
      data.format = house_prices
      data.houses { train = 2000, test = 300 }
      data.validation_share = 0.2
      network {
        input = [6]
        layers = [ { type = affine, outputs = 8 }, { type = tanh }, { type = affine, outputs = 1 } ]
      }
      train {
        loss = squared_error
        optimizer = { type = adam, rate = 0.05 }
        epochs = 50, batch = 100, shards = 4, partitions = 2
        metric = rmse
        stop { patience = 2, min_change = 0.2 }
      }
      """;

  @Test
  void stopsEarlyOnHeldOutNumbersAndKeepsTheBest() throws IOException {
    Path run = folder.resolve("prices");
    String file = Files.writeString(folder.resolve("prices.conf"), PRICES).toString();
    assertThat(Main.run("train", file, "-D", "run.dir=" + run)).as(output()).isZero();
    assertThat(output())
        .containsPattern("epoch 1/50  train loss [0-9.]+  validation rmse [0-9.]+  r2 .*  best")
        .containsPattern("stopped early: rmse has not become better than [0-9.]+ in 2 evaluations")
        .contains("test rmse")
        .doesNotContain("the test data decides");
    JsonNode summary = summary(run);
    assertThat(summary.get("epochs").asInt()).isBetween(3, 30);
    assertThat(summary.get("kept_step").asInt()).isLessThanOrEqualTo(summary.get("steps").asInt());
    assertThat(summary.get("test").get("r2").asDouble()).isGreaterThan(0.2);
    assertThat(summary.get("validation").get("rmse").asDouble()).isPositive();
    assertThat(summary.get("samples").asDouble() / summary.get("epochs").asInt())
        .as("what is held out is not trained on")
        .isBetween(1500.0, 1700.0);

    bytes.reset();
    assertThat(Main.run("evaluate", run.toString())).as(output()).isZero();
    assertThat(output())
        .containsPattern(String.format("rmse +%.4f", summary.get("test").get("rmse").asDouble()));
    Path csv = folder.resolve("prices-csv");
    assertThat(Main.run("predict", run.toString(), "--output", csv.toString())).isZero();
    try (Stream<Path> files = Files.list(csv)) {
      Path part = files.filter(f -> f.getFileName().toString().startsWith("part-")).findAny().get();
      assertThat(Files.readAllLines(part)).startsWith("id,actual_0,output_0");
    }

    bytes.reset();
    int code = Main.run("train", file, "-D", "train.metric=accuracy");
    assertThat(code).isEqualTo(2);
    assertThat(lastLine())
        .contains("train.metric = accuracy is not a metric of this task; known here: rmse, r2, ");
  }

  private static final String PREPARED =
      """
      data.format = house_sales
      data.houses { train = 1000, test = 200 }
      data.validation_share = 0.2
      data.prepare = [
        { type = log1p, columns = [0, 3] }
        { type = standardize, columns = [0, 1, 2, 3, 6] }
        { type = one_hot, columns = [4, 5], categories = [20, 4] }
      ]
      network { input = [29], layers = [ { type = affine, outputs = 1 } ] }
      train {
        loss = sigmoid_cross_entropy
        optimizer = { type = adam, rate = 0.05 }
        epochs = 3, batch = 100, shards = 4
      }
      """;

  /** A model prepares features by itself, by what it found in the samples that it trained on. */
  @Test
  void keepsThePreparationWithTheModel() throws IOException {
    Path run = folder.resolve("prepared");
    String file = Files.writeString(folder.resolve("prepared.conf"), PREPARED).toString();
    assertThat(Main.run("inspect", file)).isZero();
    assertThat(output())
        .contains(
            "features are prepared: log1p of columns 0, 3; then standardize of columns 0, 1, 2, 3,"
                + " 6 by the training samples' mean and deviation; then one_hot of columns 4, 5: 7"
                + " columns become 29");
    assertThat(Main.run("train", file, "-D", "run.dir=" + run)).as(output()).isZero();
    JsonNode model = new ObjectMapper().readTree(run.resolve("model/model.json").toFile());
    JsonNode standardize = model.get("preparation").get(1);
    assertThat(standardize.get("mean")).hasSize(5);
    JsonNode summary = summary(run);

    bytes.reset();
    assertThat(Main.run("evaluate", run.toString())).as(output()).isZero();
    assertThat(output())
        .containsPattern(
            String.format("accuracy +%.4f", summary.get("test").get("accuracy").asDouble()));
    Path csv = folder.resolve("prepared-csv");
    assertThat(Main.run("predict", run.toString(), "--output", csv.toString())).isZero();
    long correct =
        csvLines(csv).stream().map(l -> l.split(",")).filter(l -> l[1].equals(l[2])).count();
    assertThat(correct / 200.0).isEqualTo(summary.get("test").get("accuracy").asDouble());

    bytes.reset();
    assertThat(Main.run("inspect", run.toString())).isZero();
    assertThat(output())
        .contains(
            String.format(
                Locale.ROOT,
                "then standardize of columns 0, 1, 2, 3, 6: mean %.5g, ",
                standardize.get("mean").get(0).asDouble()));

    // Other training samples, other means: what is held out does not count.
    Path all = folder.resolve("all");
    assertThat(Main.run("train", file, "-D", "run.dir=" + all, "-D", "data.validation_share=0"))
        .isZero();
    JsonNode other = new ObjectMapper().readTree(all.resolve("model/model.json").toFile());
    assertThat(other.get("preparation").get(1)).isNotEqualTo(standardize);

    bytes.reset();
    assertThat(Main.run("train", file, "-D", "network.input=[30]")).isEqualTo(3);
    assertThat(lastLine())
        .endsWith(
            "the embedded house sales (train) holds samples of 7, but the network reads 30, which"
                + " data.prepare makes of 8, as one_hot adds 22 columns; set network.input to"
                + " [29]");

    // A model of before there were preparations.
    ObjectNode old = (ObjectNode) other;
    Files.delete(all.resolve("model/.model.json.crc"));
    old.remove("preparation");
    old.put("version", 1);
    Files.writeString(all.resolve("model/model.json"), old.toString());
    bytes.reset();
    assertThat(Main.run("inspect", all.resolve("model").toString())).as(output()).isZero();
    assertThat(output()).doesNotContain("features are prepared");
    old.put("version", 3);
    Files.writeString(all.resolve("model/model.json"), old.toString());
    assertThat(Main.run("inspect", all.resolve("model").toString())).isEqualTo(3);
    assertThat(lastLine()).contains("is of version 3; this Tributary reads versions 1 to 2");
  }

  private static List<String> csvLines(Path csv) throws IOException {
    try (Stream<Path> files = Files.list(csv)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("part-"))
          .flatMap(
              f -> {
                try {
                  List<String> all = Files.readAllLines(f);
                  assertThat(all.get(0)).startsWith("id,label,prediction,probability_0");
                  return all.stream().skip(1);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }

  /** Faults that only reading finds: in a task, told as if it had been found at once. */
  @Test
  void tellsOfBadDataFoundByATask() throws IOException {
    int n = 40;
    byte[] images = TestIdx.images(n, 28, 28);
    int[] labels = IntStream.range(0, n).map(i -> i == 33 ? 12 : i % 10).toArray();
    Files.write(folder.resolve("b-images-idx3-ubyte"), images);
    Files.write(folder.resolve("b-labels-idx1-ubyte"), TestIdx.labels(labels));
    Path run = folder.resolve("run");
    assertThat(trainIdx("b", run)).isEqualTo(3);
    assertThat(lastLine())
        .startsWith("tributary: ")
        .endsWith(
            "b-labels-idx1-ubyte: label out of range: the label of sample 33 is 12, but the network"
                + " has 10 outputs, so labels are 0 to 9; give its last layer at least 13 outputs,"
                + " or mend the labels; or pass over such samples with data.on_bad_row = skip");
    assertThat(summary(run).get("status").asText()).isEqualTo("failed");
    assertThat(summary(run).get("exit_code").asInt()).isEqualTo(3);
    assertThat(run.resolve("model")).doesNotExist();

    Files.write(
        folder.resolve("b-images-idx3-ubyte"),
        TestIdx.gzip(Arrays.copyOf(images, images.length - 1)));
    Files.write(
        folder.resolve("b-labels-idx1-ubyte"),
        TestIdx.labels(IntStream.range(0, n).map(i -> i % 10).toArray()));
    assertThat(trainIdx("b", folder.resolve("run2"))).isEqualTo(3);
    assertThat(lastLine())
        .endsWith(
            "b-images-idx3-ubyte: ends by sample 39, but its header promises 40 samples; the file"
                + " was cut short: fetch it again");
  }

  private int trainIdx(String prefix, Path run) throws IOException {
    return Main.run(
        "train",
        job(),
        "-D",
        "data.format=idx",
        "-D",
        "data.train=" + folder.resolve(prefix),
        "-D",
        "run.dir=" + run);
  }

  @Test
  void stopsWithItsOwnCodeWhenItDiverges() throws IOException {
    Path run = folder.resolve("run");
    int code =
        Main.run(
            "train",
            job(),
            "-D",
            "train.optimizer={type = sgd, rate = 1e30}",
            "-D",
            "run.dir=" + run);
    assertThat(code).as(output()).isEqualTo(4);
    assertThat(lastLine()).startsWith("tributary: training diverged at epoch 1, step ");
    assertThat(summary(run).get("status").asText()).isEqualTo("failed");
    assertThat(run.resolve("model")).doesNotExist();
  }
}
