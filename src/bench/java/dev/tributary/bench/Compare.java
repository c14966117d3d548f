package dev.tributary.bench;

import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.Precision;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs Tributary and PyTorch in turn on one thread, and compares the medians. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times whole training steps (networks) or single operations (kernels) of Tributary and PyTorch in"
          + " turn, A B A B, on one thread each, and prints medians and ratios.",
      "Writes target/bench/compare.csv.",
      "With --ddp or --mllib as the first argument it compares with those: see their --help."
    })
final class Compare implements Callable<Integer> {
  /** What is measured, and with how many samples. */
  private record Case(String name, int batch, String precision) {
    boolean isKernel() {
      return name.contains("-");
    }

    List<String> layouts() {
      boolean images = !name.equals("mlp") && !name.startsWith("affine");
      return images ? List.of("nchw", "nhwc") : List.of("nchw");
    }
  }

  @Option(names = "--python", description = "The Python that has PyTorch (default: python3).")
  private String python = "python3";

  @Option(
      names = "--only",
      description =
          "networks (default), kernels, or the start of a name: mlp, lenet, vgg, residual, conv-…,"
              + " affine-….")
  private String only = "networks";

  @Option(names = "--engine", description = "onednn (default) or jvm.")
  private String engine = "onednn";

  @Option(
      names = "--precision",
      split = ",",
      description = "f32, bf16, or both (default: f32,bf16).")
  private List<String> precisions = List.of("f32", "bf16");

  @Option(names = "--rounds", description = "Turns of each (default: 5).")
  private int rounds = 5;

  @Option(names = "--seconds", description = "Seconds of a turn (default: 2).")
  private double seconds = 2;

  @Option(names = "--script", hidden = true)
  private Path script = Path.of("src/bench/python/steps.py");

  @Option(names = "--output", hidden = true)
  private Path output = Path.of("target/bench/compare.csv");

  private final PrintStream out = System.out;

  private Compare() {}

  /** {@code src/bench/compare}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Compare()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Case> cases = cases();
    if (cases.isEmpty()) {
      out.println("nothing is called " + only + "; --help tells what there is");
      return 2;
    }
    StringBuilder csv =
        new StringBuilder(
            "name,batch,precision,threads,tributary_samples_per_second,"
                + "pytorch_samples_per_second,ratio\n");
    try (PyTorch torch = start()) {
      out.printf(
          "%s; %s%n",
          provider("f32").description(), torch == null ? "no PyTorch" : torch.version());
      out.printf(
          "%-30s %6s %5s %14s %14s %7s%n", "", "batch", "", "Tributary /s", "PyTorch /s", "ratio");
      List<Double> ratios = new ArrayList<>();
      for (Case c : cases) {
        double ratio = compare(c, torch, csv);
        ratios.add(ratio);
      }
      double mean = ratios.stream().mapToDouble(Math::log).average().orElse(Double.NaN);
      out.printf(Locale.ROOT, "geometric mean of the ratios %.2f%n", Math.exp(mean));
    }
    Files.createDirectories(output.toAbsolutePath().getParent());
    Files.writeString(output, csv);
    out.println(output);
    return 0;
  }

  private @Nullable PyTorch start() {
    try {
      PyTorch torch = new PyTorch(python, script);
      torch.version();
      return torch;
    } catch (IOException e) {
      out.println(e.getMessage());
      out.println("going on without PyTorch: its column and the ratio will be empty");
      return null;
    }
  }

  private double compare(Case c, @Nullable PyTorch torch, StringBuilder csv) throws IOException {
    List<String> layouts = c.layouts();
    double[] ours = new double[rounds];
    double[][] theirs = new double[layouts.size()][rounds];
    try (Timed timed = timed(c)) {
      timed.measure(Math.max(seconds, 2));
      for (int r = 0; r < rounds; r++) {
        ours[r] = timed.measure(seconds);
        for (int l = 0; l < layouts.size() && torch != null; l++) {
          theirs[l][r] = torch.measure(c.name(), c.batch(), c.precision(), layouts.get(l), seconds);
        }
      }
    }
    double tributary = Turns.median(ours);
    double best = Arrays.stream(theirs).mapToDouble(Turns::median).max().orElse(0);
    double ratio = torch == null ? Double.NaN : tributary / best;
    out.printf(
        Locale.ROOT,
        "%-30s %6d %5s %,14.0f %,14.0f %7.2f%n",
        c.name(),
        c.batch(),
        c.precision(),
        tributary,
        best,
        ratio);
    csv.append(
        String.format(
            Locale.ROOT,
            "%s,%d,%s,1,%.1f,%s,%s%n",
            c.name(),
            c.batch(),
            c.precision(),
            tributary,
            torch == null ? "" : String.format(Locale.ROOT, "%.1f", best),
            torch == null ? "" : String.format(Locale.ROOT, "%.3f", ratio)));
    return ratio;
  }

  private List<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (String precision : Precisions.here(precisions)) {
      for (BenchNetwork network : BenchNetwork.values()) {
        for (int batch : network.batches()) {
          all.add(new Case(network.title(), batch, precision));
        }
      }
      for (String kernel : Kernel.names()) {
        all.add(new Case(kernel, 32, precision));
      }
      for (int batch : new int[] {32, 128, 512, 1024}) {
        all.add(new Case("affine-1024x1024-forward", batch, precision));
      }
    }
    return all.stream().filter(this::isWanted).toList();
  }

  private boolean isWanted(Case c) {
    return switch (only) {
      case "networks" -> !c.isKernel();
      case "kernels" -> c.isKernel();
      default -> c.name().startsWith(only);
    };
  }

  private EngineProvider provider(String precision) {
    return engine.equals("jvm")
        ? new JvmEngineProvider()
        : new OneDnnEngineProvider(Precision.valueOf(precision.toUpperCase(Locale.ROOT)));
  }

  /** Something that can be run again and again. */
  private interface Timed extends AutoCloseable {
    void run();

    int samples();

    @Override
    void close();

    /** Samples a second. */
    default double measure(double seconds) {
      long start = System.nanoTime();
      long runs = 0;
      while (System.nanoTime() - start < seconds * 1e9) {
        run();
        runs++;
      }
      return runs * samples() / ((System.nanoTime() - start) / 1e9);
    }
  }

  private Timed timed(Case c) {
    if (c.isKernel()) {
      Kernel kernel = Kernel.of(c.name(), c.batch(), provider(c.precision()));
      return new Timed() {
        @Override
        public void run() {
          kernel.run();
        }

        @Override
        public int samples() {
          return c.batch();
        }

        @Override
        public void close() {
          kernel.close();
        }
      };
    }
    BenchNetwork network = BenchNetwork.valueOf(c.name().toUpperCase(Locale.ROOT));
    TrainingStep step = new TrainingStep(network, c.batch(), provider(c.precision()));
    return new Timed() {
      @Override
      public void run() {
        step.run();
      }

      @Override
      public int samples() {
        return c.batch();
      }

      @Override
      public void close() {
        step.close();
      }
    };
  }
}
