package dev.tributary.bench;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.job.Job;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkDescent;
import dev.tributary.train.Descent;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What each exchange adds to a step's computation, beside a naive one. */
@Command(
    name = "exchange",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times whole steps by each exchange in turn, A B A B, and the same step's computation by threads"
          + " without Spark; prints the medians of what an exchange adds (overhead), and its ratio to"
          + " a naive broadcast and treeAggregate of float[].",
      "Writes target/bench/exchange.csv."
    })
final class ExchangeBench implements Callable<Integer> {
  private static final String COMPUTE = "compute";
  private static final String NAIVE = "naive";
  private static final String JOB = "empty job";

  @Option(names = "--master", description = "Spark's (default: local[2]).")
  private String master = "local[2]";

  @Option(names = "--properties", description = "A file of a cluster's settings.")
  private @Nullable Path properties;

  @Option(names = "--conf", description = "Further settings, KEY=VALUE.")
  private Map<String, String> conf = new LinkedHashMap<>();

  @Option(names = "--weights", split = ",", description = "Numbers of weights.")
  private List<Integer> weights = List.of(25_000, 250_000, 2_500_000, 25_000_000);

  @Option(names = "--partitions", description = "And shards (default: 2).")
  private int partitions = 2;

  @Option(names = "--fan-in", description = "The tree's (default: 8).")
  private int fanIn = 8;

  @Option(names = "--wire", description = "f32 (default) or bf16.")
  private String wire = "f32";

  @Option(
      names = "--exchanges",
      split = ",",
      description =
          "Of 'empty job', naive, auto, tree, slices (default: all; auto is by reference in local mode).")
  private List<String> exchanges = List.of(JOB, NAIVE, "auto", "tree", "slices");

  @Option(names = "--rounds", description = "Turns of each (default: 5).")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Seconds of a turn (default: 1).")
  private double seconds = 1;

  @Option(names = "--append", description = "To the file that is there.")
  private boolean append;

  @Option(names = "--output", hidden = true)
  private Path output = Path.of("target/bench/exchange.csv");

  private final PrintStream out = System.out;

  private ExchangeBench() {}

  /** {@code src/bench/exchange}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ExchangeBench()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    String name = master.replaceAll("://.*", "");
    StringBuilder csv =
        new StringBuilder(
            append
                ? ""
                : "master,exchange,weights,partitions,step_ms,overhead_ms,ratio_to_naive\n");
    out.printf(
        "%-10s %-12s %12s %10s %10s %12s %9s%n",
        "master", "exchange", "weights", "partitions", "step, ms", "overhead, ms", "to naive");
    try (JavaSparkContext spark = BenchSpark.start(master, properties, conf)) {
      for (int size : weights) {
        Map<String, Timings> all = measure(spark, size);
        double compute = Objects.requireNonNull(all.get(COMPUTE)).median();
        Timings naive = all.get(NAIVE);
        for (Map.Entry<String, Timings> one : all.entrySet()) {
          double step = one.getValue().median();
          double ratio = naive == null ? Double.NaN : (step - compute) / (naive.median() - compute);
          String line =
              String.format(
                  Locale.ROOT,
                  "%s,%s,%d,%d,%.2f,%.2f,%.3f",
                  name,
                  one.getKey(),
                  size,
                  partitions,
                  step,
                  step - compute,
                  ratio);
          csv.append(line).append('\n');
          out.printf(
              Locale.ROOT,
              "%-10s %-12s %,12d %10d %10.1f %12.1f %9.2f%n",
              name,
              one.getKey(),
              size,
              partitions,
              step,
              step - compute,
              ratio);
        }
      }
    }
    Files.createDirectories(output.toAbsolutePath().getParent());
    Files.writeString(
        output,
        csv,
        StandardOpenOption.CREATE,
        append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
    out.println(output);
    return 0;
  }

  private Map<String, Timings> measure(JavaSparkContext spark, int size) {
    Map<String, Timings> all = new LinkedHashMap<>();
    List<AutoCloseable> opened = new ArrayList<>();
    Job plain = BenchJob.of(size, partitions, "tree", fanIn, "f32");
    try (ShardedData data = BenchJob.data(spark, plain, partitions)) {
      List<List<Shard>> shards = data.shards().glom().collect();
      ThreadedGradients threads = keep(opened, new ThreadedGradients(plain.objective(), shards));
      Trainer.Plan plan = plain.training().plan();
      long seed = plain.training().seed();
      all.put(
          COMPUTE,
          new Timings(new PlainDescent(threads, plain.objective().network(), plan, seed), data));
      for (String exchange : exchanges) {
        Descent descent;
        if (exchange.equals(JOB)) {
          descent = new EmptyJobs(spark, data, partitions);
        } else if (exchange.equals(NAIVE)) {
          descent = keep(opened, new NaiveDescent(spark, plain.objective(), data, plan));
        } else {
          Job job = BenchJob.of(size, partitions, exchange, fanIn, wire);
          SparkDescent open =
              keep(opened, SparkDescent.open(spark, job.objective(), data, job.training()));
          descent = open.descent();
          exchange = exchange.equals("auto") ? "auto: " + open.kind() : exchange;
        }
        all.put(exchange, new Timings(descent, data));
      }
      for (int round = -1; round < rounds; round++) {
        for (Timings timings : all.values()) {
          timings.run(seconds, round >= 0);
        }
      }
      for (AutoCloseable one : opened) {
        one.close();
      }
      return all;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static <T extends AutoCloseable> T keep(List<AutoCloseable> opened, T one) {
    opened.add(one);
    return one;
  }

  /** Steps of one descent, and how long they took. */
  private static final class Timings {
    private static final int LEAST = 3;

    private final Descent descent;
    private final int stepsPerEpoch;
    private final List<Double> milliseconds = new ArrayList<>();
    private long step;

    Timings(Descent descent, ShardedData data) {
      this.descent = descent;
      this.stepsPerEpoch = (int) (data.samples() / BenchJob.BATCH);
    }

    void run(double seconds, boolean counts) {
      long until = System.nanoTime() + (long) (seconds * 1e9);
      for (int i = 0; i < LEAST || System.nanoTime() < until; i++) {
        long begin = System.nanoTime();
        descent.step(Step.of(step++, stepsPerEpoch), 1e-4);
        if (counts && i > 0) {
          milliseconds.add((System.nanoTime() - begin) / 1e6);
        }
      }
    }

    double median() {
      double[] sorted = milliseconds.stream().mapToDouble(t -> t).sorted().toArray();
      return sorted[sorted.length / 2];
    }
  }
}
