package dev.tributary.bench;

import dev.ludovic.netlib.blas.NativeBLAS;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkEvaluation;
import dev.tributary.spark.files.FileSources;
import dev.tributary.train.metrics.Classification;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains 784-1024-1024-10 on MNIST with Spark MLlib and with Tributary, on the same cores. */
@Command(
    name = "compare --mllib",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a perceptron of 784-1024-1024-10 on MNIST with MLlib's MultilayerPerceptronClassifier and"
          + " with Tributary in local[2]: samples a second, in turn, A B A B, and seconds of training"
          + " until the test accuracy is reached. Evaluation is counted for neither.",
      "MLlib's hidden layers are sigmoid and its numbers double; Tributary's are ReLU and float32, or"
          + " bf16. MLlib's solver and block size are the better ones of those tried. It is trained anew"
          + " for each number of iterations: the same start and the same path, so the time of the first"
          + " that reaches the accuracy is its time, and that of the one before a lower bound.",
      "Writes target/bench/mllib.csv."
    })
final class CompareMllib implements Callable<Integer> {
  private static final int TASKS = 2;
  private static final int CLASSES = 10;

  /** Steps from one evaluation of Tributary's to the next. */
  private static final int EVALUATE_EVERY = 20;

  @Option(names = "--data", description = "MNIST's folder (default: ../shared/data/mnist).")
  private Path data = Path.of("../shared/data/mnist");

  @Option(names = "--target", description = "Test accuracy to reach (default: 0.97).")
  private double target = 0.97;

  @Option(names = "--blocks", split = ",", description = "MLlib's block sizes to try.")
  private List<Integer> blocks = List.of(128, 512, 2048);

  @Option(names = "--solvers", split = ",", description = "MLlib's solvers to try.")
  private List<String> solvers = List.of("l-bfgs", "gd");

  @Option(
      names = "--iterations",
      split = ",",
      description = "MLlib's, until the target is reached.")
  private List<Integer> iterations = List.of(10, 20, 40, 80, 160);

  @Option(
      names = "--limit",
      description = "MLlib is given up after so many times Tributary's seconds (default: 30).")
  private double limit = 30;

  @Option(names = "--batch", description = "Tributary's (default: 1024).")
  private int batch = 1024;

  @Option(names = "--rate", description = "Tributary's (default: 0.2).")
  private double rate = 0.2;

  @Option(names = "--rounds", description = "Turns of each (default: 3).")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Seconds of a turn of Tributary's (default: 10).")
  private double seconds = 10;

  @Option(names = "--output", hidden = true)
  private Path output = Path.of("target/bench/mllib.csv");

  private final PrintStream out = System.out;
  private final StringBuilder csv =
      new StringBuilder("what,setting,iterations,seconds,samples_per_second,accuracy\n");

  private CompareMllib() {}

  /** {@code src/bench/compare --mllib}. */
  public static void main(String[] arguments) {
    Provenance.print(System.out, "src/bench/compare --mllib", arguments);
    System.exit(new CommandLine(new CompareMllib()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    out.println("MLlib's BLAS: " + NativeBLAS.getInstance().getClass().getName());
    Configuration hadoop = new Configuration();
    SampleSource train = FileSources.idx(data.resolve("train").toString(), CLASSES, hadoop);
    SampleSource test = FileSources.idx(data.resolve("t10k").toString(), CLASSES, hadoop);
    try (JavaSparkContext spark = BenchSpark.start("local[2]", null, Map.of())) {
      out.printf(
          "%-10s %-22s %10s %9s %12s %9s%n",
          "", "", "iterations", "seconds", "samples/s", "accuracy");
      MllibPerceptron perceptron =
          new MllibPerceptron(spark, train, test, TASKS, 784, 1024, 1024, 10);
      List<Ours> ours = new ArrayList<>();
      for (String precision : Precisions.here(List.of("f32", "bf16"))) {
        ours.add(new Ours(precision, new ArrayList<>()));
      }
      Size size = speeds(spark, perceptron, ours, train);
      List<Double> spent = new ArrayList<>();
      for (Ours own : ours) {
        spent.add(secondsToTarget(spark, own, train, test));
      }
      double bound = mllib(perceptron, size.block(), limit * Collections.max(spent));
      for (int i = 0; i < ours.size(); i++) {
        out.printf(
            Locale.ROOT,
            "%s: %.2f times MLlib's samples a second; MLlib takes more than %.1f times as long to"
                + " %.3f%n",
            ours.get(i).precision(),
            ours.get(i).speed() / size.speed(),
            bound / spent.get(i),
            target);
      }
    }
    Files.createDirectories(output.toAbsolutePath().getParent());
    Files.writeString(output, csv);
    out.println(output);
    return 0;
  }

  /** Tributary in a precision, and the samples a second of its turns. */
  private record Ours(String precision, List<Double> speeds) {
    double speed() {
      return Turns.median(speeds.stream().mapToDouble(x -> x).toArray());
    }
  }

  /** MLlib's best block size, and its samples a second. */
  private record Size(int block, double speed) {}

  private Job job(String precision) {
    String text =
        String.format(
            Locale.ROOT,
            """
            data { format = idx, train = %s }
            network { %s }
            train {
              optimizer { type = sgd, rate = %s, momentum = 0.9 }
              epochs = 1000000, batch = %d, shards = %d, precision = %s
            }
            """,
            "train",
            BenchNetwork.MLP
                .section()
                .replace("[784], layers = [", "[28, 28, 1], layers = [{ type = flatten }, "),
            rate,
            batch,
            TASKS,
            precision);
    return JobParser.parse(text, "bench", "bench", Map.of());
  }

  /** In each round a turn of Tributary in each precision, and one of MLlib with each block size. */
  private Size speeds(
      JavaSparkContext spark, MllibPerceptron perceptron, List<Ours> ours, SampleSource train) {
    List<SparkSteps> warm = new ArrayList<>();
    try {
      for (Ours own : ours) {
        SparkSteps steps = new SparkSteps(spark, job(own.precision()), train, TASKS);
        warm.add(steps);
        steps.measure(seconds);
      }
      double[][] theirs = new double[blocks.size()][rounds];
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < warm.size(); i++) {
          double speed = warm.get(i).measure(seconds);
          ours.get(i).speeds().add(speed);
          turn(round, "Tributary " + ours.get(i).precision(), speed);
        }
        for (int i = 0; i < blocks.size(); i++) {
          theirs[i][round] = speed(perceptron, blocks.get(i), round == 0);
          turn(round, "MLlib block " + blocks.get(i), theirs[i][round]);
        }
      }
      Size best = new Size(0, 0);
      for (int i = 0; i < blocks.size(); i++) {
        double speed = Turns.median(theirs[i]);
        tell(
            "MLlib", solvers.get(0) + ", block " + blocks.get(i), 3, Double.NaN, speed, Double.NaN);
        best = speed > best.speed() ? new Size(blocks.get(i), speed) : best;
      }
      return best;
    } finally {
      warm.forEach(SparkSteps::close);
    }
  }

  /** MLlib takes minutes for its turns: that it goes on is seen. */
  private void turn(int round, String what, double speed) {
    System.err.printf(
        Locale.ROOT, "turn %d of %d, %s: %,.0f samples/s%n", round + 1, rounds, what, speed);
  }

  /** Samples a second of the passes that one fit makes beyond another's; setting up falls out. */
  private double speed(MllibPerceptron perceptron, int block, boolean isFirst) {
    String solver = solvers.get(0);
    if (isFirst) {
      perceptron.fit(solver, block, 1);
    }
    MllibPerceptron.Fit few = perceptron.fit(solver, block, 1);
    MllibPerceptron.Fit many = perceptron.fit(solver, block, 3);
    return SAMPLES * (many.passes() - few.passes()) / (many.seconds() - few.seconds());
  }

  /** Seconds of a run that starts anew, in a JVM that is warm. */
  private double secondsToTarget(
      JavaSparkContext spark, Ours own, SampleSource train, SampleSource test) {
    Job job = job(own.precision());
    try (SparkSteps steps = new SparkSteps(spark, job, train, TASKS);
        ShardedData samples = ShardedData.of(spark, test, TASKS, TASKS, 1)) {
      SparkEvaluation evaluation = new SparkEvaluation(spark, job.objective(), samples);
      double spent = 0;
      double accuracy = 0;
      int made = 0;
      while (accuracy < target) {
        spent += steps.steps(EVALUATE_EVERY);
        made += EVALUATE_EVERY;
        accuracy = ((Classification) evaluation.evaluate(steps.values())).accuracy();
      }
      String setting = own.precision() + ", batch " + batch;
      tell("Tributary", setting, made, spent, own.speed(), accuracy);
      return spent;
    }
  }

  /** Seconds of MLlib's better solver that did not do to reach the target; little over the most. */
  private double mllib(MllibPerceptron perceptron, int block, double most) {
    int first = iterations.get(0);
    String solver = solvers.get(0);
    MllibPerceptron.Fit fit = perceptron.fit(solver, block, first);
    told(solver + ", block " + block, first, fit);
    for (String other : solvers.subList(1, solvers.size())) {
      MllibPerceptron.Fit its = perceptron.fit(other, block, first);
      told(other + ", block " + block, first, its);
      if (its.accuracy() / its.seconds() > fit.accuracy() / fit.seconds()) {
        fit = its;
        solver = other;
      }
    }
    double bound = 0;
    for (int count : iterations.subList(1, iterations.size())) {
      if (fit.accuracy() >= target) {
        return bound;
      }
      bound = fit.seconds();
      if (bound > most) {
        return bound;
      }
      fit = perceptron.fit(solver, block, count);
      told(solver + ", block " + block, count, fit);
    }
    return fit.accuracy() >= target ? bound : fit.seconds();
  }

  private static final double SAMPLES = 60_000;

  private void told(String setting, int count, MllibPerceptron.Fit fit) {
    double speed = SAMPLES * fit.passes() / fit.seconds();
    tell("MLlib", setting, count, fit.seconds(), speed, fit.accuracy());
  }

  private void tell(
      String what, String setting, int made, double spent, double speed, double accuracy) {
    out.printf(
        Locale.ROOT,
        "%-10s %-22s %,10d %9.2f %,12.0f %9.4f%n",
        what,
        setting,
        made,
        spent,
        speed,
        accuracy);
    csv.append(
        String.format(
            Locale.ROOT,
            "%s,\"%s\",%d,%.3f,%.1f,%.4f%n",
            what,
            setting,
            made,
            spent,
            speed,
            accuracy));
  }
}
