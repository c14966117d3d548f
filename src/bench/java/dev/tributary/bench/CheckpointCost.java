package dev.tributary.bench;

import dev.tributary.StandaloneCluster;
import dev.tributary.format.Checkpoint;
import dev.tributary.format.CheckpointWriter;
import dev.tributary.format.Lease;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.spark.Sources;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Checkpointing;
import dev.tributary.train.Observer;
import dev.tributary.train.Snapshot;
import dev.tributary.train.TrainedStep;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.launcher.JavaModuleOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One run whose checkpoints are switched on and off by turns. What is written behind the training
 * counts too: a turn begins with a checkpoint, and lasts longer than it takes to write its last.
 */
@Command(
    name = "checkpoint",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Times steps with and without a checkpoint of 10 million weights every 20 steps.")
final class CheckpointCost implements Callable<Integer> {
  private static final int WARM_UP = 10;

  @Option(names = "--batch", description = "Samples in a mini-batch (default: 512).")
  private int batch = 512;

  @Option(names = "--every", description = "Steps between checkpoints (default: 20).")
  private int every = 20;

  @Option(names = "--turns", description = "Turns of each kind (default: 5).")
  private int turns = 5;

  @Option(names = "--optimizer", description = "sgd (with momentum; default), or adam.")
  private String optimizer = "sgd";

  @Option(
      names = "--exchange",
      description = "local (this JVM; default), or tree or slices, on a standalone cluster of 2.")
  private String exchange = "local";

  private CheckpointCost() {}

  /** {@code src/bench/checkpoint}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new CheckpointCost()).execute(arguments));
  }

  private String job(int steps) {
    String rule =
        optimizer.equals("adam")
            ? "{ type = adam, rate = 1e-4 }"
            : "{ type = sgd, rate = 1e-3, momentum = 0.9 }";
    return """
        data.digits { train = %d, test = 0 }
        network {
          input = [28, 28, 1]
          layers = [
            { type = flatten }
            { type = affine, outputs = 3100 }
            { type = relu }
            { type = affine, outputs = 2450 }
            { type = relu }
            { type = affine, outputs = 10 }
          ]
        }
        train { optimizer = %s, epochs = %d, batch = %d, shards = 2, exchange = %s }
        """
        .formatted(
            4 * batch, rule, (steps + 3) / 4, batch, exchange.equals("local") ? "auto" : exchange);
  }

  /** Where the time goes: a moment for each step, before what follows the step. */
  private static final class Moments implements Observer {
    private final List<Long> nanos = new ArrayList<>();

    @Override
    public void stepped(TrainedStep step) {
      nanos.add(System.nanoTime());
    }
  }

  /** Steps in a turn. */
  private int turn() {
    return 2 * every;
  }

  /** Writes in every second turn. */
  private final class ByTurns implements Checkpointing, AutoCloseable {
    private final CheckpointWriter writer;

    ByTurns(CheckpointWriter writer) {
      this.writer = writer;
    }

    @Override
    public boolean isDue(TrainedStep step) {
      long at = step.step().number() - WARM_UP;
      return at >= 0 && at / turn() % 2 == 1 && at % every == 0;
    }

    @Override
    public void save(CompletableFuture<Snapshot> snapshot, boolean isBest) {
      writer.save(snapshot, isBest);
    }

    @Override
    public boolean isStopRequested() {
      return false;
    }

    @Override
    public void close() {
      writer.close();
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target/bench/checkpoint-" + System.nanoTime()));
    if (exchange.equals("local")) {
      SparkConf conf = new SparkConf(false).setMaster("local[2]");
      measure(conf, folder);
    } else {
      try (StandaloneCluster cluster =
          new StandaloneCluster(Path.of("").toAbsolutePath(), folder, 2, "4g")) {
        measure(onCluster(cluster, folder), folder);
      }
    }
    return 0;
  }

  private static SparkConf onCluster(StandaloneCluster cluster, Path folder) throws IOException {
    SparkConf conf = new SparkConf(false).setMaster(cluster.master());
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(folder.resolve("cluster.conf"))) {
      properties.load(in);
    }
    properties.forEach((key, value) -> conf.set((String) key, (String) value));
    String classes =
        Path.of("target/test-classes").toAbsolutePath()
            + File.pathSeparator
            + Path.of("target/classes").toAbsolutePath();
    return conf.set("spark.executor.memory", "3500m")
        .set("spark.executor.extraClassPath", classes)
        .set(
            "spark.executor.extraJavaOptions",
            "--add-modules=jdk.incubator.vector -XX:+UseParallelGC "
                + JavaModuleOptions.defaultModuleOptions());
  }

  private void measure(SparkConf conf, Path folder) throws IOException {
    int steps = WARM_UP + 2 * turns * turn() + 1;
    Job job = JobParser.parse(job(steps), "checkpoint", "checkpoint", Map.of());
    Configuration hadoop = new Configuration();
    RunDirectory directory = RunDirectory.open(folder.resolve("run").toString(), hadoop);
    conf.setAppName("checkpoint")
        .set("spark.ui.enabled", "false")
        .set("spark.driver.host", "127.0.0.1")
        .set("spark.driver.bindAddress", "127.0.0.1")
        .set("spark.broadcast.compress", "false")
        .set("spark.shuffle.compress", "false")
        .set("spark.driver.maxResultSize", "2g");
    Moments moments = new Moments();
    try (JavaSparkContext spark = new JavaSparkContext(conf);
        Lease lease = directory.begin(60);
        ByTurns byTurns =
            new ByTurns(
                new CheckpointWriter(
                    directory.checkpoints(),
                    lease,
                    new CheckpointWriter.Plan(every, CheckpointWriter.Unit.STEPS, 2, false),
                    () -> false,
                    new Checkpoint.Origin(job.text(), Map.of(), Map.of())))) {
      Sources sources =
          new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop);
      new TrainingRun(spark, job).run(sources, moments, keeper(byTurns));
    }
    report(job, moments);
  }

  private static TrainingRun.Keeper keeper(Checkpointing checkpointing) {
    return new TrainingRun.Keeper() {
      @Override
      public @Nullable Snapshot begin(Map<String, String> identity) {
        return null;
      }

      @Override
      public Checkpointing checkpointing(Map<String, String> identity) {
        return checkpointing;
      }
    };
  }

  private void report(Job job, Moments moments) {
    List<Double> without = new ArrayList<>();
    List<Double> with = new ArrayList<>();
    for (int t = 0; t < 2 * turns; t++) {
      int at = WARM_UP + t * turn();
      double millis = (moments.nanos.get(at + turn()) - moments.nanos.get(at)) / 1e6 / turn();
      (t % 2 == 0 ? without : with).add(millis);
    }
    List<Double> after = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    for (int i = WARM_UP; i < WARM_UP + 2 * turns * turn(); i++) {
      double millis = (moments.nanos.get(i + 1) - moments.nanos.get(i)) / 1e6;
      boolean isHeld = (i - WARM_UP) / turn() % 2 == 1 && (i - WARM_UP) % every == 0;
      (isHeld ? after : others).add(millis);
    }
    double a = median(without);
    double b = median(with);
    System.out.printf(
        Locale.ROOT,
        "%,d weights, %s, batch %d, exchange %s, a checkpoint every %d steps%n",
        job.model().network().parameterCount(),
        optimizer,
        batch,
        exchange,
        every);
    System.out.printf(Locale.ROOT, "ms a step without: %.1f %s%n", a, rounded(without));
    System.out.printf(Locale.ROOT, "ms a step with:    %.1f %s%n", b, rounded(with));
    System.out.printf(
        Locale.ROOT,
        "slower by %.1f %%; the step that waits for the copy takes %.1f ms, others %.1f%n",
        100 * (b / a - 1),
        median(after),
        median(others));
  }

  private static List<String> rounded(List<Double> values) {
    return values.stream().map(v -> String.format(Locale.ROOT, "%.1f", v)).toList();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
