package dev.tributary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * Runs of one job on a standalone cluster whose executors, or whose driver, are killed (as by kill
 * -9) at moments that a seed chooses: each at another part of the run, and anywhere within a step.
 */
public final class Kills {
  private static final Pattern RESUMED = Pattern.compile("resumed after step ([\\d,]+)");

  /** Steps between two checkpoints. */
  public static final int INTERVAL = 20;

  /**
   * Where a run goes on after its driver was killed: each time elsewhere. Not last in local mode,
   * where its end would come before the next kill.
   */
  private static final List<String> PLACES = List.of("slices", "local", "tree", "one executor");

  private final Path root;
  private final Path folder;
  private final String runs;
  private final StandaloneCluster cluster;
  private final int epochs;
  private final Consumer<String> told;

  /**
   * Of {@code exact-mlp.conf}, 11 steps an epoch.
   *
   * @param folder where the logs go
   * @param runs where the runs go, on any Hadoop filesystem
   * @param told of what happens, line by line
   */
  public Kills(
      Path root,
      Path folder,
      String runs,
      StandaloneCluster cluster,
      int epochs,
      Consumer<String> told) {
    this.root = root;
    this.folder = folder;
    this.runs = runs;
    this.cluster = cluster;
    this.epochs = epochs;
    this.told = told;
  }

  private long steps() {
    return 11L * epochs;
  }

  private List<String> where(String place) {
    if (place.equals("local")) {
      return new ArrayList<>(
          List.of(
              "--master",
              "local[2]",
              "--driver-memory",
              "700m",
              "--conf",
              "spark.hadoop.dfs.replication=2"));
    }
    List<String> options = new ArrayList<>(cluster.submitOptions());
    options.addAll(List.of("--conf", "spark.hadoop.dfs.replication=2"));
    options.addAll(List.of("--driver-memory", "700m", "--executor-memory", "700m"));
    // Each kill counts as a failure of the tasks it meets, and chance may meet one of them often.
    options.addAll(List.of("--conf", "spark.task.maxFailures=30"));
    options.addAll(List.of("--conf", "spark.stage.maxConsecutiveAttempts=30"));
    if (place.equals("one executor")) {
      options.addAll(List.of("--conf", "spark.cores.max=1"));
    }
    if (place.equals("cluster mode")) {
      options.addAll(List.of("--deploy-mode", "cluster"));
    }
    return options;
  }

  private static String exchange(String place) {
    return place.equals("slices") || place.equals("tree") ? place : "auto";
  }

  /** Starts a run. */
  TrainProcess begin(String run, String place) throws IOException {
    List<String> arguments = where(place);
    arguments.addAll(
        List.of(
            "train",
            root.resolve("src/test/resources/jobs/exact-mlp.conf").toAbsolutePath().toString(),
            "-D",
            "run.dir=" + runs + "/" + run,
            "-D",
            "train.epochs=" + epochs,
            "-D",
            "train.log_every=1",
            "-D",
            "train.validate={ every = 1000000 }",
            "-D",
            "train.checkpoint={ every = " + INTERVAL + ", unit = steps, keep = 2 }",
            "-D",
            "train.exchange=" + exchange(place)));
    return new TrainProcess(root, folder, run, arguments);
  }

  /** Goes on with a run. */
  TrainProcess resume(String run, String name, String place) throws IOException {
    List<String> arguments = where(place);
    arguments.addAll(
        List.of("train", "--resume", runs + "/" + run, "-D", "train.exchange=" + exchange(place)));
    return new TrainProcess(root, folder, name, arguments);
  }

  /** What a run says of its end. */
  JsonNode summary(String run) throws IOException {
    org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path(runs, run + "/summary.json");
    try (InputStream in = file.getFileSystem(new Configuration()).open(file)) {
      return new ObjectMapper().readTree(in);
    }
  }

  /** Waits until a run has made all its steps; the weights' hash. */
  String finish(TrainProcess process, String run) throws IOException, InterruptedException {
    int code = process.exitCode(20);
    if (code != 0) {
      throw new IllegalStateException(run + " ended with " + code + ":\n" + process.output());
    }
    JsonNode summary = summary(run);
    if (summary.path("steps").asLong() != steps()) {
      throw new IllegalStateException(run + " did not make all steps: " + summary);
    }
    return summary.path("weights_sha256").asText();
  }

  /** The weights' hash of a run to which nothing happens. */
  public String undisturbed(String place) throws IOException, InterruptedException {
    String run = "undisturbed-" + place;
    try (TrainProcess process = begin(run, place)) {
      String sha256 = finish(process, run);
      told.accept(String.format("undisturbed, %s: %d steps, weights %s", place, steps(), sha256));
      return sha256;
    }
  }

  /** The moments: steps, each in another part of the run. */
  private long[] moments(int kills, Random random) {
    long[] moments = new long[kills];
    double part = steps() / (kills + 1.0);
    for (int i = 0; i < kills; i++) {
      moments[i] = 1 + (long) (part * (i + 0.9 * random.nextDouble()));
    }
    return moments;
  }

  private static void sleepInStep(Random random) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(100));
  }

  /** The weights' hash of one run in which executors are killed so many times. */
  public String executorsKilled(String exchange, int kills, long seed)
      throws IOException, InterruptedException {
    Random random = new Random(seed);
    String run = "executors-killed-" + exchange;
    try (TrainProcess process = begin(run, exchange)) {
      for (long moment : moments(kills, random)) {
        process.awaitStep(moment);
        sleepInStep(random);
        List<ProcessHandle> executors = cluster.executors();
        while (executors.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(20);
          executors = cluster.executors();
        }
        ProcessHandle executor = executors.get(random.nextInt(executors.size()));
        executor.destroyForcibly();
        told.accept(
            String.format(
                "%s: killed executor process %d of %d after step %d",
                exchange, executor.pid(), executors.size(), process.step()));
      }
      return finish(process, run);
    }
  }

  /**
   * What came of a run whose driver was killed.
   *
   * @param sha256 the weights' hash
   * @param mostLost the most steps that had to be made again after a kill
   */
  public record DriverKilled(String sha256, long mostLost) {}

  /** One run whose driver is killed so many times, and which goes on each time elsewhere. */
  public DriverKilled driverKilled(int kills, long seed) throws IOException, InterruptedException {
    Random random = new Random(seed);
    String run = "driver-killed";
    TrainProcess process = begin(run, PLACES.get(0));
    try {
      long mostLost = 0;
      int times = 0;
      for (long moment : moments(kills, random)) {
        process.awaitStep(moment);
        sleepInStep(random);
        process.signal("KILL");
        process.exitCode(1);
        long killedAt = process.step();
        times++;
        String place = PLACES.get(times % PLACES.size());
        process = resume(run, run + "-" + times, place);
        process.awaitStep(1);
        long from = resumedFrom(process);
        mostLost = Math.max(mostLost, killedAt - from);
        told.accept(
            String.format(
                "killed the driver after step %d; goes on after step %d: %s",
                killedAt, from, place));
      }
      return new DriverKilled(finish(process, run), mostLost);
    } finally {
      process.close();
    }
  }

  private static long resumedFrom(TrainProcess process) throws IOException {
    Matcher matcher = RESUMED.matcher(process.output());
    return matcher.find() ? Long.parseLong(matcher.group(1).replace(",", "")) : 0;
  }
}
