package dev.tributary.bench;

import dev.tributary.data.Step;
import dev.tributary.job.Job;
import dev.tributary.nn.FaultyLayer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkDescent;
import dev.tributary.train.Descent;
import dev.tributary.train.Objective;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How a step's time and the driver's traffic grow with the number of executors. */
@Command(
    name = "growth",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes steps whose computation is a fixed sleep, on local clusters of more and more executors,"
          + " by each exchange; prints what a step takes besides the sleep and what passes through the"
          + " driver, and fits the model of src/bench/README.md to it.",
      "Writes target/bench/growth.csv."
    })
final class GrowthBench implements Callable<Integer> {
  @Option(names = "--executors", split = ",", description = "Numbers of executors.")
  private List<Integer> executors = List.of(2, 4, 8, 16);

  @Option(names = "--weights", split = ",", description = "Numbers of weights.")
  private List<Integer> weights = List.of(100_000, 1_000_000, 4_000_000);

  @Option(names = "--sleep", description = "Of a shard's part of a step, in ms (default: 50).")
  private int sleep = 50;

  @Option(names = "--seconds", description = "For each exchange (default: 6).")
  private double seconds = 6;

  @Option(names = "--memory", description = "Of an executor, in MB (default: 600).")
  private int memory = 600;

  @Option(names = "--exchanges", split = ",", description = "Default: naive, tree, slices.")
  private List<String> exchanges = List.of("naive", "tree", "slices");

  @Option(names = "--output", hidden = true)
  private Path output = Path.of("target/bench/growth.csv");

  private final PrintStream out = System.out;

  private GrowthBench() {}

  /** {@code src/bench/growth}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GrowthBench()).execute(arguments));
  }

  /**
   * What was measured.
   *
   * @param overhead of a step besides the sleep, in ms
   * @param results what tasks' results came to, of Spark's metrics, in bytes a step
   * @param in what the driver's process read, in bytes a step
   * @param out what it wrote
   */
  record Row(
      String exchange,
      int executors,
      int weights,
      double overhead,
      double results,
      double in,
      double out) {}

  @Override
  public Integer call() throws IOException {
    out.printf(
        "%-8s %9s %10s %12s %14s %14s %14s%n",
        "exchange", "executors", "weights", "overhead, ms", "results, B", "driver in, B", "out, B");
    List<Row> rows = new ArrayList<>();
    for (int count : executors) {
      // Sockets by read and write, which the kernel counts for each process.
      Map<String, String> conf =
          Map.of(
              "spark.executor.memory", memory + "m",
              "spark.io.mode.default", "NIO",
              "spark.shuffle.io.mode", "NIO",
              "spark.rpc.io.mode", "NIO");
      String master = String.format(Locale.ROOT, "local-cluster[%d,1,%d]", count, memory);
      try (JavaSparkContext spark = BenchSpark.start(master, null, conf)) {
        Traffic traffic = new Traffic();
        spark.sc().addSparkListener(traffic);
        await(spark, count);
        for (int size : weights) {
          for (String exchange : exchanges) {
            Row row = measure(spark, traffic, exchange, count, size);
            rows.add(row);
            out.println(text(row, "%-8s %9d %,10d %12.1f %,14.0f %,14.0f %,14.0f"));
          }
        }
      }
    }
    StringBuilder csv =
        new StringBuilder(
            "exchange,executors,weights,overhead_ms,result_bytes,driver_in_bytes,driver_out_bytes\n");
    rows.forEach(row -> csv.append(text(row, "%s,%d,%d,%.2f,%.0f,%.0f,%.0f")).append('\n'));
    Files.createDirectories(output.toAbsolutePath().getParent());
    Files.writeString(output, csv);
    out.println(output);
    GrowthModel.print(rows, out);
    return 0;
  }

  private static String text(Row row, String format) {
    return String.format(
        Locale.ROOT,
        format,
        row.exchange(),
        row.executors(),
        row.weights(),
        row.overhead(),
        row.results(),
        row.in(),
        row.out());
  }

  private static void await(JavaSparkContext spark, int count) {
    while (spark.sc().statusTracker().getExecutorInfos().length - 1 < count) {
      rest(100);
    }
  }

  private static void rest(long milliseconds) {
    try {
      TimeUnit.MILLISECONDS.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Row measure(
      JavaSparkContext spark, Traffic traffic, String exchange, int count, int size) {
    boolean isNaive = exchange.equals("naive");
    // A shard for each executor; where there is no power of two of them, more.
    int shards = Integer.highestOneBit(2 * count - 1);
    Job job = BenchJob.of(size, shards, isNaive ? "tree" : exchange, 8, "f32");
    Objective objective = sleeping(job.objective());
    try (ShardedData data = BenchJob.data(spark, job, shards)) {
      if (isNaive) {
        try (NaiveDescent naive = new NaiveDescent(spark, objective, data, job.training().plan())) {
          return measure(naive, data, traffic, exchange, count, job);
        }
      }
      try (SparkDescent open = SparkDescent.open(spark, objective, data, job.training())) {
        return measure(open.descent(), data, traffic, exchange, count, job);
      }
    }
  }

  /** The same network behind a layer that sleeps. */
  private Objective sleeping(Objective objective) {
    Layer sleeper = new FaultyLayer(objective.network().input(), new Sleep(sleep));
    List<Layer> layers = new ArrayList<>(List.of(sleeper));
    layers.addAll(objective.network().layers());
    return new Objective(
        new Network(layers), objective.loss(), objective.engine(), objective.seed());
  }

  private record Sleep(int milliseconds) implements FaultyLayer.Fault {
    @Override
    public void strike(long step, int shard) {
      rest(milliseconds);
    }
  }

  private Row measure(
      Descent descent, ShardedData data, Traffic traffic, String exchange, int count, Job job) {
    int stepsPerEpoch = (int) (data.samples() / job.training().plan().batch());
    List<Double> times = new ArrayList<>();
    long step = 0;
    long begin = System.nanoTime();
    long[] before = new long[3];
    // The first half warms executors up.
    for (boolean counts : new boolean[] {false, true}) {
      before = traffic.now();
      long until = System.nanoTime() + (long) (seconds / 2 * 1e9);
      for (int i = 0; i < 3 || System.nanoTime() < until; i++) {
        begin = System.nanoTime();
        descent.step(Step.of(step++, stepsPerEpoch), 1e-4);
        if (counts) {
          times.add((System.nanoTime() - begin) / 1e6);
        }
      }
    }
    long[] after = traffic.now();
    double[] sorted = times.stream().mapToDouble(t -> t).sorted().toArray();
    double perStep = 1.0 / times.size();
    return new Row(
        exchange,
        count,
        job.model().network().parameterCount(),
        sorted[sorted.length / 2] - sleep,
        (after[0] - before[0]) * perStep,
        (after[1] - before[1]) * perStep,
        (after[2] - before[2]) * perStep);
  }

  /** What passes through the driver: by Spark's metrics, and by the kernel's. */
  private static final class Traffic extends SparkListener {
    private final AtomicLong results = new AtomicLong();

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      if (end.taskMetrics() != null) {
        results.addAndGet(end.taskMetrics().resultSize());
      }
    }

    /** Results, bytes read, bytes written. */
    long[] now() {
      Map<String, Long> io = new LinkedHashMap<>();
      try {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
          String[] parts = line.split(": ", 2);
          io.put(parts[0], Long.parseLong(parts[1]));
        }
      } catch (IOException e) {
        // Not on Linux: the kernel's columns stay 0.
        io.clear();
      }
      return new long[] {results.get(), io.getOrDefault("rchar", 0L), io.getOrDefault("wchar", 0L)};
    }
  }
}
