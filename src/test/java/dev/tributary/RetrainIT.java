package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.data.TestIdx;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.digits.DriftingDigits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Five retrains in a row as a scheduler starts them, on a cluster of separate JVMs with
 * authentication, data and models on HDFS: a worker is killed in one, the driver in another.
 */
final class RetrainIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));
  private static final int PERIODS = 5;
  private static final int SAMPLES = 1000;

  @TempDir private static Path folder;
  private static StandaloneCluster cluster;
  private static MiniDFSCluster hdfs;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster =
        new StandaloneCluster(ROOT, Files.createDirectories(folder.resolve("spark")), 2, "1g");
    Configuration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, folder.resolve("dfs").toString());
    hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(1).build();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
    if (hdfs != null) {
      hdfs.shutdown();
    }
  }

  private static String on(String path) throws IOException {
    return hdfs.getFileSystem().getUri() + path;
  }

  private static Process submit(Path log, List<String> arguments) throws IOException {
    return Submission.of(ROOT, folder, log, arguments).start();
  }

  private static JsonNode finish(Process process, Path log)
      throws IOException, InterruptedException {
    assertThat(process.waitFor(4, TimeUnit.MINUTES)).as(Files.readString(log)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(log)).isZero();
    String line =
        Files.readAllLines(log).stream()
            .filter(l -> l.startsWith("{"))
            .reduce((a, b) -> b)
            .orElse("{}");
    return new ObjectMapper().readTree(line);
  }

  private static Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** As the verb arrive does it, without a JVM of its own. */
  private static void arrive(int period) throws IOException {
    DriftingDigits digits = new DriftingDigits(1, period);
    byte[] images = new byte[SAMPLES * Digits.HEIGHT * Digits.WIDTH];
    int[] labels = new int[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      digits.draw(i, images, i * Digits.HEIGHT * Digits.WIDTH);
      labels[i] = digits.label(i);
    }
    String prefix = String.format("/arrivals/period=%05d/digits", period);
    FileSystem files = hdfs.getFileSystem();
    try (OutputStream out =
        files.create(new org.apache.hadoop.fs.Path(prefix + "-images-idx3-ubyte"))) {
      out.write(TestIdx.header(0x803, SAMPLES, Digits.HEIGHT, Digits.WIDTH));
      out.write(images);
    }
    try (OutputStream out =
        files.create(new org.apache.hadoop.fs.Path(prefix + "-labels-idx1-ubyte"))) {
      out.write(TestIdx.labels(labels));
    }
  }

  private static Process retrain(String name, int period, String... options) throws IOException {
    List<String> arguments = new ArrayList<>(cluster.submitOptions());
    arguments.addAll(List.of(options));
    arguments.addAll(
        List.of(
            "--executor-memory",
            "700m",
            "--driver-memory",
            "700m",
            "retrain",
            ROOT.resolve("jobs/digits-retrain.conf").toAbsolutePath().toString(),
            "--period",
            "day " + period,
            "-D",
            "retrain.store=" + on("/store"),
            "-D",
            "retrain.data=" + on("/arrivals"),
            "-D",
            "retrain.lease=6"));
    return submit(log(name), arguments);
  }

  /** Waits until a run has come so far. */
  private static void await(Process process, Path log, String said)
      throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
    while (!Files.readString(log).contains(said)) {
      assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
      assertThat(System.nanoTime()).as(Files.readString(log)).isLessThan(until);
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  @Test
  void fiveInARowWithAWorkerAndADriverKilled() throws IOException, InterruptedException {
    for (int period = 0; period < PERIODS; period++) {
      arrive(period);
      String name = "retrain-" + period;
      Process process = retrain(name, period);
      if (period == 2) {
        await(process, log(name), "epoch 1/");
        ProcessHandle.of(cluster.worker(1)).orElseThrow().destroyForcibly();
      }
      if (period == 3) {
        await(process, log(name), "epoch 1/");
        process.destroyForcibly();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(exists("/store/digits-retrain/versions/000004")).isFalse();
        name = "retrain-again";
        process = retrain(name, period);
      }
      JsonNode line = finish(process, log(name));
      assertThat(line.get("version").asInt()).as(line.toString()).isEqualTo(period + 1);
      assertThat(line.get("status").asText()).isIn("promoted", "kept");
      assertWhole(period + 1, line);
    }
    Path log = log("retrain-nothing");
    JsonNode done = finish(retrain("retrain-nothing", PERIODS - 1), log);
    assertThat(done.get("status").asText()).isEqualTo("already_done");
    // The driver on a worker too: its line and its exit code come back through HDFS.
    JsonNode nothing = finish(retrain("retrain-nothing", PERIODS, "--deploy-mode", "cluster"), log);
    assertThat(nothing.get("status").asText()).isEqualTo("no_new_data");
    for (var file : hdfs.getFileSystem().listStatus(new org.apache.hadoop.fs.Path("/store"))) {
      assertThat(file.getPath().getName()).doesNotStartWith(".tributary");
    }
    assertThat(exists("/store/digits-retrain/versions/000006")).isFalse();
  }

  private static boolean exists(String path) throws IOException {
    return hdfs.getFileSystem().exists(new org.apache.hadoop.fs.Path(path));
  }

  private static String text(String path) throws IOException {
    FileSystem files = hdfs.getFileSystem();
    try (var in = files.open(new org.apache.hadoop.fs.Path(path))) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static void assertWhole(int version, JsonNode line) throws IOException {
    String place = "/store/digits-retrain/versions/" + String.format("%06d", version);
    JsonNode details = new ObjectMapper().readTree(text(place + "/version.json"));
    assertThat(details.get("period").asText()).isEqualTo("day " + (version - 1));
    assertThat(details.get("promoted").asBoolean())
        .isEqualTo(line.get("status").asText().equals("promoted"));
    assertThat(details.at("/metrics/accuracy").asDouble()).isGreaterThan(0.3);
    assertThat(details.get("new").size()).isEqualTo(1);
    if (details.get("promoted").asBoolean()) {
      assertThat(line.get("champion").asInt()).isEqualTo(version);
    } else {
      assertThat(line.get("champion").asInt()).isLessThan(version);
    }
    assertThat(text(place + "/report.html"))
        .contains("version " + version)
        .contains(version == 1 ? "no older data" : "<svg")
        .endsWith("</html>\n");
    assertThat(exists(place + "/model/weights.bin")).isTrue();
    assertThat(exists("/store/digits-retrain/lease")).isFalse();
  }
}
