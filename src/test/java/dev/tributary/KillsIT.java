package dev.tributary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code src/bench/soak}: whatever is killed, the weights are the same. */
final class KillsIT {
  private static final Path ROOT = Path.of(System.getProperty("tributary.basedir", "."));
  private static final int EPOCHS = 20;

  @TempDir private static Path folder;
  private static StandaloneCluster cluster;
  private static String undisturbed;

  private final List<String> told = new ArrayList<>();

  private static Kills kills(Path logs, String runs, Consumer<String> told) {
    return new Kills(ROOT, logs, runs, cluster, EPOCHS, told);
  }

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    cluster = new StandaloneCluster(ROOT, folder, 2, "1g");
    undisturbed = kills(folder, folder.toString(), line -> {}).undisturbed("local");
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void killedExecutors() throws IOException, InterruptedException {
    Kills kills = kills(folder, folder.toString(), told::add);
    assertThat(kills.executorsKilled("slices", 2, 1)).as("%s", told).isEqualTo(undisturbed);
  }

  /**
   * On each kind of cluster and with each exchange, from one to the other; on HDFS, where a
   * datanode stops for good while a checkpoint is written.
   */
  @Test
  void killedDriversAndADatanode() throws Exception {
    Path here = Files.createDirectories(folder.resolve("on-hdfs"));
    Configuration conf = new HdfsConfiguration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, here.resolve("dfs").toString());
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (MiniDFSCluster hdfs = new MiniDFSCluster.Builder(conf).numDataNodes(2).build()) {
      String runs = hdfs.getFileSystem().getUri() + "/runs";
      Future<Boolean> stopped = executor.submit(() -> stopDatanode(hdfs));
      Kills.DriverKilled result = kills(here, runs, told::add).driverKilled(3, 1);
      assertThat(result.sha256()).as("%s", told).isEqualTo(undisturbed);
      assertThat(stopped.get(1, TimeUnit.MINUTES)).as("a datanode was stopped").isTrue();
      // One interval, one that was being written, and one that could not be.
      assertThat(result.mostLost()).isLessThanOrEqualTo(3L * Kills.INTERVAL);
    } finally {
      executor.shutdownNow();
    }
  }

  /** Stops one as soon as a checkpoint is seen that is half written. */
  private static boolean stopDatanode(MiniDFSCluster hdfs)
      throws IOException, InterruptedException {
    org.apache.hadoop.fs.Path place =
        new org.apache.hadoop.fs.Path("/runs/driver-killed/checkpoints");
    while (true) {
      try {
        for (FileStatus file : hdfs.getFileSystem().listStatus(place)) {
          if (file.getPath().getName().endsWith(".tmp")) {
            return hdfs.stopDataNode(0) != null;
          }
        }
      } catch (FileNotFoundException e) {
        // Not yet.
      }
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  /** SIGTERM ends it after its step, with a checkpoint, and the rest comes to the same. */
  @Test
  void aSignalStopsItAndAnotherEndsItAtOnce() throws IOException, InterruptedException {
    Kills kills = kills(folder, folder.toString(), told::add);
    try (TrainProcess process = kills.begin("stopped", "local")) {
      process.awaitStep(30);
      process.signal("TERM");
      assertThat(process.exitCode(2)).as(process.output()).isEqualTo(5);
      assertThat(process.output()).contains("stopped on request after step ");
      JsonNode summary = kills.summary("stopped");
      assertThat(summary.get("status").asText()).isEqualTo("stopped");
      assertThat(summary.get("exit_code").asInt()).isEqualTo(5);
      assertThat(summary.get("steps").asLong()).isBetween(30L, 11L * EPOCHS - 1);
    }
    long stoppedAt = kills.summary("stopped").get("steps").asLong();
    endedAtOnce(kills, stoppedAt);
    try (TrainProcess process = kills.resume("stopped", "stopped-last", "local")) {
      assertThat(kills.finish(process, "stopped")).isEqualTo(undisturbed);
      assertThat(kills.summary("stopped").get("resumed_from").asLong())
          .as("nothing is lost by the first signal")
          .isGreaterThanOrEqualTo(stoppedAt);
    }
  }

  /** In a step that does not end, as its executors do nothing. */
  private static void endedAtOnce(Kills kills, long from) throws IOException, InterruptedException {
    List<ProcessHandle> executors = List.of();
    try (TrainProcess process = kills.resume("stopped", "stopped-at-once", "tree")) {
      process.awaitStep(from + 5);
      executors = cluster.executors();
      for (ProcessHandle executor : executors) {
        TrainProcess.signal(executor, "STOP");
      }
      process.signal("TERM");
      process.awaitOutput("stopping after this step");
      process.signal("TERM");
      assertThat(process.exitCode(2)).as(process.output()).isEqualTo(1);
      assertThat(process.output()).doesNotContain("stopped on request");
    } finally {
      for (ProcessHandle executor : executors) {
        if (executor.isAlive()) {
          TrainProcess.signal(executor, "CONT");
        }
      }
    }
  }

  /** In cluster mode a worker ends the driver by the same signal, and its exit code comes back. */
  @Test
  void aSignalStopsADriverOnTheCluster() throws IOException, InterruptedException {
    String run = "stopped-on-the-cluster";
    Kills kills = kills(folder, folder.toString(), told::add);
    try (TrainProcess process = kills.begin(run, "cluster mode")) {
      Path metrics = folder.resolve(run).resolve("metrics.csv");
      process.await(() -> Files.exists(metrics) && lines(metrics) > 5, "make five steps");
      ProcessHandle driver = cluster.driver().orElseThrow();
      TrainProcess.signal(driver, "TERM");
      assertThat(process.exitCode(2)).as(process.output()).isEqualTo(5);
      assertThat(process.output()).contains("stopped on request after step ");
    }
    long stoppedAt = kills.summary(run).get("steps").asLong();
    assertThat(stoppedAt).isBetween(5L, 11L * EPOCHS - 1);
    try (TrainProcess process = kills.resume(run, run + "-last", "local")) {
      assertThat(kills.finish(process, run)).isEqualTo(undisturbed);
      assertThat(kills.summary(run).get("resumed_from").asLong()).isEqualTo(stoppedAt);
    }
  }

  private static long lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }

  /** Of two runs aimed at one directory the second is told who the first is. */
  @Test
  void twoRunsDoNotWriteToOneDirectory() throws IOException, InterruptedException {
    Kills kills = kills(folder, folder.toString(), told::add);
    try (TrainProcess first = kills.begin("one-writer", "local")) {
      first.awaitStep(1);
      // It is there and does nothing, else it would be done before the second one begins.
      first.signal("STOP");
      String who = "process " + first.handle().pid() + ", started ";
      try (TrainProcess second = kills.resume("one-writer", "second", "local")) {
        assertThat(second.exitCode(2)).as(second.output()).isEqualTo(5);
        assertThat(second.output()).contains("another process writes to").contains(who);
      } finally {
        first.signal("CONT");
      }
      assertThat(kills.finish(first, "one-writer")).isEqualTo(undisturbed);
    }
  }
}
