package dev.tributary.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs Tributary on Spark and PyTorch DDP in turn, two cores each, and compares the medians. */
@Command(
    name = "compare --ddp",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times whole training steps of Tributary on Spark and of PyTorch DDP with gloo (two processes, one"
          + " thread each) in turn, A B A B: same network, same mini-batch, SGD with momentum. Tributary's"
          + " are compared with DDP's in float32 and, by autocast, in their own precision. Of DDP's"
          + " layouts of images and ways to update the fastest counts.",
      "With --cluster as the first argument Spark is a standalone cluster of two workers on this machine,"
          + " each a JVM of its own, which is started and ended.",
      "Writes target/bench/ddp.csv."
    })
final class CompareDdp implements Callable<Integer> {
  private static final int TASKS = 2;
  private static final String F32 = "f32";

  @Option(names = "--master", description = "Spark's (default: local[2]).")
  private String master = "local[2]";

  @Option(names = "--properties", hidden = true)
  private @Nullable Path properties;

  @Option(names = "--conf", description = "Further settings of Spark, KEY=VALUE.")
  private Map<String, String> conf = new LinkedHashMap<>();

  @Option(names = "--python", description = "The Python that has PyTorch (default: python3).")
  private String python = "python3";

  @Option(names = "--only", split = ",", description = "Networks (default: mlp,lenet).")
  private List<String> only = List.of("mlp", "lenet");

  @Option(names = "--precision", split = ",", description = "Tributary's (default: f32,bf16).")
  private List<String> precisions = List.of("f32", "bf16");

  @Option(
      names = "--shards",
      description = "train.shards (default: 2, one a task, as for the highest speed).")
  private int shards = TASKS;

  @Option(names = "-D", description = "Further keys of Tributary's job, train.…=VALUE.")
  private Map<String, String> keys = new LinkedHashMap<>();

  @Option(names = "--rounds", description = "Turns of each (default: 5).")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Seconds of a turn (default: 1.5).")
  private double seconds = 1.5;

  @Option(names = "--script", hidden = true)
  private Path script = Path.of("src/bench/python/ddp.py");

  @Option(names = "--output", hidden = true)
  private Path output = Path.of("target/bench/ddp.csv");

  private final PrintStream out = System.out;

  private CompareDdp() {}

  /** {@code src/bench/compare --ddp}. */
  public static void main(String[] arguments) {
    Provenance.print(System.out, "src/bench/compare --ddp", arguments);
    System.exit(new CommandLine(new CompareDdp()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    StringBuilder csv =
        new StringBuilder(
            "master,exchange,network,batch,shards,precision,tributary_samples_per_second,"
                + "ddp_f32_samples_per_second,ddp_way,ratio,ddp_same_precision_samples_per_second,"
                + "ratio_same_precision\n");
    try (PyTorchDdp torch = new PyTorchDdp(python, script, TASKS);
        JavaSparkContext spark = BenchSpark.start(master, properties, conf)) {
      out.printf(
          "%s, DDP with gloo, %d processes; Spark %s, train.shards = %d%n",
          torch.version(), TASKS, master, shards);
      out.printf(
          "%-8s %6s %5s %14s %14s %-14s %6s %14s %6s%n",
          "", "batch", "", "Tributary /s", "DDP f32 /s", "", "ratio", "DDP same /s", "ratio");
      precisions = Precisions.here(precisions);
      for (String name : only) {
        BenchNetwork network = BenchNetwork.valueOf(name.toUpperCase(Locale.ROOT));
        compare(network, torch, spark, csv);
      }
    }
    Files.createDirectories(output.toAbsolutePath().getParent());
    Files.writeString(output, csv);
    out.println(output);
    return 0;
  }

  private void compare(
      BenchNetwork network, PyTorchDdp torch, JavaSparkContext spark, StringBuilder csv)
      throws IOException {
    int[] batches = network.batches();
    int batch = batches[batches.length - 1];
    List<SparkSteps> ours = new ArrayList<>();
    try {
      for (String precision : precisions) {
        Map<String, String> all = new LinkedHashMap<>(keys);
        all.put("train.precision", precision);
        all.put("train.batch", batch + "");
        all.put("train.shards", shards + "");
        ours.add(SparkSteps.onRandomImages(spark, network, TASKS, all));
      }
      List<PyTorchDdp.Way> ways = new ArrayList<>(ways(network, batch, F32));
      for (String precision : precisions) {
        ways.addAll(precision.equals(F32) ? List.of() : ways(network, batch, precision));
      }
      double[][] our = new double[ours.size()][rounds];
      double[][] their = new double[ways.size()][rounds];
      for (SparkSteps steps : ours) {
        steps.measure(2 * seconds);
      }
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < our.length; i++) {
          our[i][round] = ours.get(i).measure(seconds);
        }
        for (int i = 0; i < their.length; i++) {
          their[i][round] = torch.measure(ways.get(i), seconds);
        }
      }
      Rate exact = best(ways, their, F32);
      for (int i = 0; i < our.length; i++) {
        tell(
            new Line(network, batch, precisions.get(i), ours.get(i).exchange()),
            Turns.median(our[i]),
            exact,
            best(ways, their, precisions.get(i)),
            csv);
      }
    } finally {
      ours.forEach(SparkSteps::close);
    }
  }

  /** Samples a second of DDP in one way. */
  private record Rate(PyTorchDdp.Way way, double speed) {}

  private static Rate best(List<PyTorchDdp.Way> ways, double[][] turns, String precision) {
    return IntStream.range(0, turns.length)
        .filter(i -> ways.get(i).precision().equals(precision))
        .mapToObj(i -> new Rate(ways.get(i), Turns.median(turns[i])))
        .max(Comparator.comparingDouble(Rate::speed))
        .orElseThrow();
  }

  private static List<PyTorchDdp.Way> ways(BenchNetwork network, int batch, String precision) {
    List<PyTorchDdp.Way> ways = new ArrayList<>();
    boolean images = network.network().input().isImage();
    for (String layout : images ? List.of("nchw", "nhwc") : List.of("nchw")) {
      for (String update : List.of("plain", "fused")) {
        ways.add(new PyTorchDdp.Way(network.title(), batch, precision, layout, update));
      }
    }
    return ways;
  }

  /** What was compared. */
  private record Line(BenchNetwork network, int batch, String precision, String exchange) {}

  private void tell(Line line, double tributary, Rate ddp, Rate same, StringBuilder csv) {
    PyTorchDdp.Way way = ddp.way();
    out.printf(
        Locale.ROOT,
        "%-8s %6d %5s %,14.0f %,14.0f %-14s %6.2f %,14.0f %6.2f%n",
        line.network().title(),
        line.batch(),
        line.precision(),
        tributary,
        ddp.speed(),
        "(" + way + ")",
        tributary / ddp.speed(),
        same.speed(),
        tributary / same.speed());
    csv.append(
        String.format(
            Locale.ROOT,
            "%s,%s,%s,%d,%d,%s,%.1f,%.1f,%s,%.3f,%.1f,%.3f%n",
            master.replaceAll("://.*", ""),
            line.exchange(),
            line.network().title(),
            line.batch(),
            shards,
            line.precision(),
            tributary,
            ddp.speed(),
            way.layout() + " " + way.update(),
            tributary / ddp.speed(),
            same.speed(),
            tributary / same.speed()));
  }
}
