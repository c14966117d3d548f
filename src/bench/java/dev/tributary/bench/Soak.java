package dev.tributary.bench;

import dev.tributary.Kills;
import dev.tributary.StandaloneCluster;
import dev.tributary.TrainProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Long runs on a real standalone cluster: with processes killed, or with memory watched. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Long runs on a standalone cluster of this machine; files in target/soak.")
final class Soak implements Callable<Integer> {
  private static final Path ROOT = Path.of("").toAbsolutePath();

  @Option(names = "--dir", description = "Where logs and runs go; must be new (target/soak/TIME).")
  private Path folder = ROOT.resolve("target/soak/" + System.currentTimeMillis() / 1000);

  private final long start = System.nanoTime();

  private Soak() {}

  /** {@code src/bench/soak}. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Soak()).execute(arguments));
  }

  /** Without a mode there is nothing to do. */
  @Override
  public Integer call() {
    CommandLine.usage(this, System.out);
    return 2;
  }

  private void say(String line) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000L;
    System.out.printf("%3d:%02d  %s%n", seconds / 60, seconds % 60, line);
  }

  /** What is done with a cluster. */
  private interface Work {
    int on(StandaloneCluster cluster) throws IOException, InterruptedException;
  }

  private int withCluster(Work work) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    try (StandaloneCluster cluster = new StandaloneCluster(ROOT, folder, 2, "1g")) {
      say("2 workers of one core at " + cluster.master() + ", files in " + folder);
      return work.on(cluster);
    }
  }

  private int verdict(String undisturbed, String disturbed) {
    boolean isSame = undisturbed.equals(disturbed);
    say(isSame ? "the same weights: " + disturbed : "OTHER WEIGHTS: " + disturbed);
    return isSame ? 0 : 1;
  }

  @Command(
      description = "Kills executors of one run with kill -9 at random moments.",
      mixinStandardHelpOptions = true)
  Integer executors(
      @Option(names = "--kills", defaultValue = "20") int kills,
      @Option(names = "--epochs", defaultValue = "200") int epochs,
      @Option(names = "--exchange", defaultValue = "slices", description = "slices or tree.")
          String exchange,
      @Option(names = "--seed", defaultValue = "1") long seed)
      throws IOException, InterruptedException {
    return withCluster(
        cluster -> {
          Kills runs = new Kills(ROOT, folder, folder + "/runs", cluster, epochs, this::say);
          String undisturbed = runs.undisturbed(exchange);
          return verdict(undisturbed, runs.executorsKilled(exchange, kills, seed));
        });
  }

  @Command(
      description = "Kills the driver with kill -9, and goes on each time on another cluster.",
      mixinStandardHelpOptions = true)
  Integer driver(
      @Option(names = "--kills", defaultValue = "10") int kills,
      @Option(names = "--epochs", defaultValue = "100") int epochs,
      @Option(names = "--seed", defaultValue = "1") long seed)
      throws IOException, InterruptedException {
    return withCluster(
        cluster -> {
          Kills runs = new Kills(ROOT, folder, folder + "/runs", cluster, epochs, this::say);
          String undisturbed = runs.undisturbed("tree");
          Kills.DriverKilled result = runs.driverKilled(kills, seed);
          say(
              String.format(
                  "at most %d steps were made again after a kill; checkpoints every %d steps",
                  result.mostLost(), Kills.INTERVAL));
          return verdict(undisturbed, result.sha256());
        });
  }

  @Command(
      description = {
        "Makes small steps for long, and says whether the memory, threads, open files, blocks and"
            + " broadcasts of driver and executors stay as they are.",
        "Each sample collects the garbage of each process first. Writes memory.csv."
      },
      mixinStandardHelpOptions = true)
  Integer memory(
      @Option(names = "--minutes", defaultValue = "120") int minutes,
      @Option(names = "--every", defaultValue = "30", description = "Seconds between samples.")
          int every,
      @Option(names = "--exchange", defaultValue = "tree", description = "slices or tree.")
          String exchange)
      throws IOException, InterruptedException {
    return withCluster(
        cluster -> {
          List<String> arguments = new ArrayList<>(cluster.submitOptions());
          arguments.addAll(
              List.of(
                  "--driver-memory",
                  "700m",
                  "--executor-memory",
                  "700m",
                  "train",
                  ROOT.resolve("src/test/resources/jobs/exact-mlp.conf").toString(),
                  "-D",
                  "run.dir=" + folder.resolve("run"),
                  "-D",
                  "train.epochs=1000000",
                  "-D",
                  "train.stop.minutes=" + minutes,
                  "-D",
                  "train.log_every=100",
                  "-D",
                  "train.validate={ every = 100 }",
                  "-D",
                  "train.checkpoint={ every = 500, unit = steps }",
                  "-D",
                  "train.exchange=" + exchange));
          Flatness flatness = new Flatness(folder.resolve("memory.csv"));
          try (TrainProcess process = new TrainProcess(ROOT, folder, "memory", arguments)) {
            process.awaitStep(100);
            long begin = System.nanoTime();
            long samples = TimeUnit.MINUTES.toSeconds(minutes) / every;
            for (long i = 1; i < samples && process.handle().isAlive(); i++) {
              long due = begin + TimeUnit.SECONDS.toNanos(i * every);
              TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
              Map<String, ProcessHandle> processes = new LinkedHashMap<>();
              processes.put("driver", process.handle());
              List<ProcessHandle> executors = cluster.executors();
              for (int e = 0; e < executors.size(); e++) {
                processes.put("executor " + (e + 1), executors.get(e));
              }
              flatness.sample(process.step(), processes, List.of(cluster.blocks(), folder));
            }
            say("the run made " + process.step() + " steps");
          }
          System.out.println(flatness.report());
          return flatness.isFlat() ? 0 : 1;
        });
  }
}
