package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.Samples;
import dev.tributary.data.TestSamples;
import dev.tributary.data.digits.Digits;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tributary as users run it: {@code deploy/submit}, the jar, and clusters of separate JVMs. The
 * same job must leave the same bytes everywhere, which are those of the local oracle.
 */
final class SubmitIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));
  private static final Map<String, String> ORACLE = new HashMap<>();

  @TempDir private static Path clusterFolder;
  private static StandaloneCluster cluster;

  @TempDir private Path folder;

  /** A finished process. */
  record Outcome(int code, String output) {}

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster = new StandaloneCluster(ROOT, clusterFolder, 2, "1g");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  static Outcome submit(Path folder, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("bash", ROOT.resolve("deploy/submit").toString()));
    command.addAll(arguments);
    Path log = Files.createTempFile(folder, "submit", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("still running: " + command + "\n" + Files.readString(log));
    }
    return new Outcome(process.exitValue(), Files.readString(log));
  }

  static Path jobFile(String name) {
    return ROOT.resolve("src/test/resources/jobs/" + name + ".conf").toAbsolutePath();
  }

  /** The weights that {@link LocalGradients} trains, without Spark. */
  static String oracle(String name) throws IOException {
    String known = ORACLE.get(name);
    if (known != null) {
      return known;
    }
    String text = Files.readString(jobFile(name));
    Job job = JobParser.parse(text, name, name, Map.of());
    Samples samples = new Samples(job.model().network().input(), 0);
    Digits digits = new Digits(job.data().made().seed(), Digits.Part.TRAIN);
    byte[] pixels = new byte[Digits.WIDTH * Digits.HEIGHT];
    for (long i = 0; i < job.data().made().train(); i++) {
      digits.draw(i, pixels, 0);
      samples.add(pixels, 0, digits.label(i));
    }
    Job.Training how = job.training();
    try (LocalGradients source =
        new LocalGradients(
            job.objective(), TestSamples.shards(samples, how.shards(), how.seed()))) {
      Trainer trainer = new Trainer(source, job.model().network(), how.plan(), how.seed());
      trainer.forEachRemaining(step -> {});
      String sha256 = WeightsFile.sha256(trainer.values());
      ORACLE.put(name, sha256);
      return sha256;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "exact-mlp, 'local[1]'",
    "exact-mlp, 'local[2]'",
    "exact-mlp, 'local-cluster[2,1,1024]'",
    "exact-mlp, standalone",
    "exact-cnn, 'local[1]'",
    "exact-cnn, 'local[2]'",
    "exact-cnn, 'local-cluster[2,1,1024]'",
    "exact-cnn, standalone",
  })
  void theSameJobLeavesTheSameBytes(String job, String master)
      throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    List<String> arguments =
        new ArrayList<>(
            master.equals("standalone") ? cluster.submitOptions() : List.of("--master", master));
    arguments.addAll(
        List.of(
            "--conf",
            "spark.executor.memory=900m",
            "train",
            jobFile(job).toString(),
            "-D",
            "run.dir=" + run));
    Outcome outcome = submit(folder, arguments);
    assertThat(outcome.code()).as(outcome.output()).isZero();
    JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
    assertThat(summary.get("weights_sha256").asText())
        .as("%s on %s, computed with %s", job, master, summary.get("engine_description"))
        .isEqualTo(oracle(job));
    if (!master.startsWith("local[")) {
      assertThat(outcome.output()).contains("2 tasks a step");
    }
  }

  /** The driver on a worker too, and the shell told how it ended. */
  @ParameterizedTest
  @CsvSource({"exact-mlp, 0", "nowhere, 1"})
  void runsInClusterMode(String job, int code) throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    List<String> arguments = new ArrayList<>(cluster.submitOptions());
    arguments.addAll(
        List.of(
            "--deploy-mode",
            "cluster",
            "--driver-memory",
            "600m",
            "--conf",
            "spark.executor.memory=900m",
            "train",
            jobFile(job).toString(),
            "-D",
            "run.dir=" + run));
    Outcome outcome = submit(folder, arguments);
    assertThat(outcome.code()).as(outcome.output()).isEqualTo(code);
    if (code == 0) {
      JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
      assertThat(summary.get("weights_sha256").asText()).isEqualTo(oracle(job));
    } else {
      assertThat(outcome.output()).contains("is FAILED");
    }
  }

  @Test
  void redirectedOutputIsPlainLines() throws IOException, InterruptedException {
    Outcome outcome =
        submit(folder, List.of("--master", "local[1]", "train", jobFile("exact-mlp").toString()));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .doesNotContain("\r")
        .doesNotContain("\u001b")
        .contains("epoch 2/2  train loss")
        .contains("run directory: runs/exact-mlp");
    assertThat(folder.resolve("runs/exact-mlp/summary.json")).exists();
    // Spark is quiet: what is printed is Tributary's, but for the JVM's word on the Vector API.
    assertThat(outcome.output()).doesNotContain(" INFO ").doesNotContain(" WARN ");
  }

  /** The real MNIST, gzip and all: one epoch of a perceptron is already good. */
  @Test
  void learnsMnist() throws IOException, InterruptedException {
    Path mnist = Path.of(System.getProperty("mnist.dir", "../shared/data/mnist"));
    if (!Files.exists(mnist.resolve("train-images-idx3-ubyte.gz"))) {
      Assumptions.abort("MNIST is not in " + mnist.toAbsolutePath() + "; set -Dmnist.dir");
    }
    Path run = folder.resolve("run");
    Outcome outcome =
        submit(
            folder,
            List.of(
                "--master",
                "local[2]",
                "train",
                ROOT.resolve("jobs/mnist-mlp.conf").toAbsolutePath().toString(),
                "-D",
                "data.train=" + mnist.resolve("train").toAbsolutePath(),
                "-D",
                "data.test=" + mnist.resolve("t10k").toAbsolutePath(),
                "-D",
                "train.epochs=1",
                "-D",
                "run.dir=" + run));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
    assertThat(summary.get("samples").asInt()).isEqualTo(60000);
    assertThat(summary.get("test").get("accuracy").asDouble()).isGreaterThan(0.94);
  }

  @ParameterizedTest
  @ValueSource(strings = {"train nowhere.conf", "trian x", "--master", "train"})
  void usageErrorsExitWithTheirCode(String arguments) throws IOException, InterruptedException {
    Outcome outcome = submit(folder, List.of(arguments.split(" ")));
    assertThat(outcome.code()).as(outcome.output()).isEqualTo(2);
  }
}
