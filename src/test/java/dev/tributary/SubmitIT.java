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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    return submit(folder, Map.of(), arguments);
  }

  private static Outcome submit(
      Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(folder, "submit", ".log");
    ProcessBuilder builder = Submission.of(ROOT, folder, log, arguments);
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("still running: " + arguments + "\n" + Files.readString(log));
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
            // Less than two sums: slices bring none to the driver; clipping by norm needs the tree.
            "--conf",
            "spark.driver.maxResultSize=" + (job.equals("exact-mlp") ? "100k" : "1g"),
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
  @CsvSource(
      delimiter = '|',
      value = {
        "exact-mlp | 0 | train.seed=1               |",
        "nowhere   | 2 | train.seed=1               | no job file",
        "exact-mlp | 3 | data.train=/nowhere/train  | /nowhere/train",
        "exact-mlp | 4 | train.optimizer.rate=1e30  | diverged",
      })
  void runsInClusterMode(String job, int code, String key, @Nullable String said)
      throws IOException, InterruptedException {
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
            "run.dir=" + run,
            "-D",
            key));
    if (code == 3) {
      arguments.addAll(List.of("-D", "data.format=idx"));
    }
    Outcome outcome = submit(folder, arguments);
    assertThat(outcome.code()).as(outcome.output()).isEqualTo(code);
    if (code == 0) {
      JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
      assertThat(summary.get("weights_sha256").asText()).isEqualTo(oracle(job));
    } else {
      assertThat(outcome.output()).contains("is FAILED");
      String last = outcome.output().lines().reduce((a, b) -> b).orElse("");
      assertThat(last).as("what to do, last").startsWith("tributary: ").contains(said);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(f -> f.getFileName().toString().startsWith(".tributary"))).isEmpty();
    }
  }

  /** As on a machine where Spark is installed: its own home, launcher, jars and defaults. */
  @Test
  void runsOnASparkDistribution() throws IOException, InterruptedException {
    Path home = folder.resolve("spark-4.1.0-bin-hadoop3");
    Path jars = Files.createDirectories(home.resolve("jars"));
    try (Stream<Path> all = Files.list(ROOT.resolve("target/spark-home/jars"))) {
      for (Path jar : all.toList()) {
        Files.createSymbolicLink(jars.resolve(jar.getFileName()), jar.toRealPath());
      }
    }
    Files.writeString(home.resolve("RELEASE"), "Spark 4.1.0 built for Hadoop 3.4.2\n");
    Files.createDirectories(home.resolve("conf"));
    Files.writeString(
        home.resolve("conf/spark-defaults.conf"),
        "spark.driver.extraJavaOptions -Dmachine=its-own\nspark.ui.retainedJobs 7\n");
    Path submit =
        Files.writeString(
            Files.createDirectories(home.resolve("bin")).resolve("spark-submit"),
            """
            #!/usr/bin/env bash
            export SPARK_HOME=$(cd "$(dirname "$0")/.." && pwd) SPARK_SCALA_VERSION=2.13
            export SPARK_PRINT_LAUNCH_COMMAND=1
            mapfile -d '' -t command < <(java -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main \
              org.apache.spark.deploy.SparkSubmit "$@")
            command[0]=${command[0]#$'\\n'}
            [[ -n ${command[0]} ]] || command=("${command[@]:1}")
            command[0]=${command[0]#$'\\n'}
            exec "${command[@]}"
            """);
    assertThat(submit.toFile().setExecutable(true)).isTrue();
    Path run = folder.resolve("run");
    Outcome outcome =
        submit(
            folder,
            Map.of("SPARK_HOME", home.toString()),
            List.of(
                "--master",
                "local[2]",
                "train",
                jobFile("exact-mlp").toString(),
                "-D",
                "run.dir=" + run));
    assertThat(outcome.code()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .as("the machine's defaults hold where ours say nothing, and ours where they do")
        .contains("-Dmachine=its-own")
        .contains("-XX:+UseParallelGC")
        .doesNotContain(" WARN ");
    JsonNode summary = new ObjectMapper().readTree(run.resolve("summary.json").toFile());
    assertThat(summary.get("weights_sha256").asText()).isEqualTo(oracle("exact-mlp"));
    assertThat(summary.get("spark_version").asText()).isEqualTo("4.1.0");
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
