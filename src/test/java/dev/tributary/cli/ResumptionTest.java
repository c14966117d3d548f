package dev.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.TestIdx;
import dev.tributary.format.Lease;
import dev.tributary.format.RunDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that go on, by the command line: from where, to what, and when not. */
final class ResumptionTest {
  private static final int SAMPLES = 200;

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private Path run;

  @BeforeAll
  static void settings() {
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.ui.enabled", "false");
  }

  @AfterAll
  static void noSettings() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.ui.enabled");
  }

  @BeforeEach
  void capture() throws IOException {
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    System.setOut(stream);
    System.setErr(stream);
    run = folder.resolve("run");
    images(5);
  }

  @AfterEach
  void release() {
    System.setOut(out);
    System.setErr(err);
  }

  private void images(int size) throws IOException {
    Files.write(folder.resolve("d-images-idx3-ubyte"), TestIdx.images(SAMPLES, 6, size));
    int[] labels = IntStream.range(0, SAMPLES).map(i -> i * 7 % 10).toArray();
    Files.write(folder.resolve("d-labels-idx1-ubyte"), TestIdx.labels(labels));
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private String lastLine() {
    return output().lines().reduce((a, b) -> b).orElse("");
  }

  /** 10 steps an epoch, a checkpoint every 4. */
  private int train(String... more) throws IOException {
    Path job =
        Files.writeString(
            folder.resolve("small.conf"),
            """
            data { format = idx, train = "%s" }
            network { input = [6, 5, 1], layers = [{ type = flatten }, { type = affine, outputs = 10 }] }
            train {
              optimizer = { type = adam, rate = 0.01 }, average = 0.9
              batch = 20, shards = 4, checkpoint { every = 4, unit = steps }
            }
            """
                .formatted(folder.resolve("d")));
    return run(List.of("train", job.toString()), more);
  }

  private int resume(String... more) {
    return run(List.of("train", "--resume", run.toString()), more);
  }

  private int run(List<String> first, String... more) {
    List<String> arguments = new ArrayList<>(first);
    for (String setting : more) {
      arguments.addAll(List.of("-D", setting));
    }
    bytes.reset();
    return Main.run(arguments.toArray(String[]::new));
  }

  private static JsonNode summary(Path directory) throws IOException {
    return new ObjectMapper().readTree(directory.resolve("summary.json").toFile());
  }

  private String weights(Path directory) throws IOException {
    return summary(directory).get("weights_sha256").asText();
  }

  private String whole(int epochs) throws IOException {
    Path other = folder.resolve("whole");
    assertThat(train("run.dir=" + other, "train.epochs=" + epochs)).as(output()).isZero();
    return weights(other);
  }

  @Test
  void goesOnInTheMiddleOfAnEpochOnAnotherNumberOfTasks() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1", "train.partitions=4")).isZero();
    assertThat(run.resolve("lease")).doesNotExist();
    assertThat(resume("train.epochs=3", "train.partitions=1")).as(output()).isZero();
    assertThat(output()).contains("resumed after step 8").contains("1 task a step");
    assertThat(summary(run).get("resumed_from").asLong()).isEqualTo(8);
    assertThat(summary(run).get("samples").asLong()).isEqualTo(3L * SAMPLES);
    assertThat(weights(run)).isEqualTo(whole(3));
  }

  /**
   * The newest that is whole; what is damaged is left out, and then replaced. Each run leaves one
   * checkpoint, as one that waits to be written gives way to a newer one.
   */
  @Test
  void goesOnFromTheOneBeforeADamagedOne() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1", "train.checkpoint.every=8")).isZero();
    assertThat(resume("train.epochs=2")).as(output()).isZero();
    Path newest = run.resolve("checkpoints/step-000000000016.ckpt");
    Files.deleteIfExists(newest.resolveSibling("." + newest.getFileName() + ".crc"));
    byte[] content = Files.readAllBytes(newest);
    Files.write(newest, Arrays.copyOf(content, content.length / 2));
    assertThat(resume("train.epochs=3")).as(output()).isZero();
    assertThat(summary(run).get("resumed_from").asLong()).isEqualTo(8);
    assertThat(weights(run)).isEqualTo(whole(3));
  }

  @Test
  void beginsAnewWithoutACheckpoint() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1", "train.checkpoint.every=100")).isZero();
    assertThat(resume("train.epochs=2")).as(output()).isZero();
    assertThat(summary(run).get("resumed_from").isNull()).isTrue();
    assertThat(weights(run)).isEqualTo(whole(2));
  }

  @Test
  void autoGoesOnWithWhatIsUnfinished() throws IOException {
    String[] settings = {"run.dir=" + run, "train.epochs=2", "train.resume=auto"};
    assertThat(train(settings)).as(output()).isZero();
    String weights = weights(run);
    assertThat(train(settings)).isEqualTo(2);
    assertThat(lastLine()).contains("already holds a finished run");
    // As a killed run leaves it.
    Files.delete(run.resolve("summary.json"));
    assertThat(train(settings)).as(output()).isZero();
    assertThat(summary(run).get("resumed_from").asLong()).isEqualTo(16);
    assertThat(weights(run)).isEqualTo(weights);
  }

  @Test
  void refusesAnotherJobAndSaysWhatDiffers() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1")).isZero();
    String weights = weights(run);
    assertThat(resume("train.batch=50", "train.seed=9", "train.epochs=4")).isEqualTo(2);
    assertThat(lastLine())
        .isEqualTo(
            "tributary: the job is not the one that is to be resumed: train.batch (was 20, is 50);"
                + " train.seed (was 1, is 9); undo that, or begin another run with another"
                + " run.dir");
    assertThat(weights(run)).isEqualTo(weights);
    assertThat(run.resolve("lease")).doesNotExist();
  }

  @Test
  void refusesOtherData() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1")).isZero();
    byte[] images = Files.readAllBytes(folder.resolve("d-images-idx3-ubyte"));
    images[images.length - 1] ^= 1;
    Files.write(folder.resolve("d-images-idx3-ubyte"), images);
    assertThat(resume("train.epochs=2")).isEqualTo(3);
    assertThat(lastLine())
        .matches(
            "tributary: data.train is not what the run had that is to be resumed: was 200 samples,"
                + " hash [0-9a-f]{16}, is 200 samples, hash [0-9a-f]{16}; give what it had, or begin"
                + " another run with another run.dir");
  }

  @Test
  void refusesWhatAnotherProcessWrites() throws IOException {
    assertThat(train("run.dir=" + run, "train.epochs=1")).isZero();
    String before = Files.readString(run.resolve("summary.json"));
    try (Lease other = RunDirectory.open(run.toString(), new Configuration()).lease(60).take()) {
      assertThat(resume("train.epochs=2")).isEqualTo(5);
      assertThat(lastLine())
          .startsWith("tributary: another process writes to " + run + ": ")
          .contains("process " + ProcessHandle.current().pid());
      assertThat(train("run.dir=" + run)).isEqualTo(5);
      other.check();
    }
    assertThat(Files.readString(run.resolve("summary.json"))).isEqualTo(before);
  }

  /** What credentials a job names is not kept, and is no change of the job. */
  @Test
  void keepsNoCredentials() throws IOException {
    String secret = "data.options={ url = \"jdbc:postgresql://me:hunter2@db/x\" }";
    assertThat(train("run.dir=" + run, "train.epochs=1", secret)).as(output()).isZero();
    try (var files = Files.walk(run)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .as("%s", file)
            .doesNotContain("hunter2");
      }
    }
    assertThat(output()).doesNotContain("hunter2");
    assertThat(resume("train.epochs=2")).as(output()).isZero();
    assertThat(summary(run).get("resumed_from").asLong()).isEqualTo(8);
  }

  @Test
  void saysWhatItNeeds() throws IOException {
    assertThat(run(List.of("train", "--resume", folder.toString()))).isEqualTo(2);
    assertThat(lastLine()).contains("holds no run that could be resumed: it has no job.conf");
    assertThat(train("train.resume=auto")).isEqualTo(2);
    assertThat(lastLine()).contains("train.resume = auto needs run.dir");
  }
}
