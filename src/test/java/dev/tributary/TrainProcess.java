package dev.tributary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A training run as a user starts it, in a process of its own that may be killed. */
public final class TrainProcess implements AutoCloseable {
  private static final Pattern STEP = Pattern.compile("epoch (\\d+)/\\d+  step (\\d+)/(\\d+)");

  private final Path log;
  private final Process process;

  /**
   * Starts {@code deploy/submit}, which becomes the driver's JVM.
   *
   * @param root of the project
   * @param folder where it runs
   * @param name of its log there
   * @param arguments of deploy/submit
   */
  public TrainProcess(Path root, Path folder, String name, List<String> arguments)
      throws IOException {
    this.log = folder.resolve(name + ".log");
    ProcessBuilder builder = Submission.of(root, folder, log, arguments);
    builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("driver-blocks").toString());
    this.process = builder.start();
  }

  /** Its process. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** What it has printed. */
  public String output() throws IOException {
    return Files.readString(log);
  }

  /** The last step that it has told of, counted from 1 over the run; 0 if none yet. */
  public long step() throws IOException {
    return STEP.matcher(output())
        .results()
        .reduce((a, b) -> b)
        .map(TrainProcess::number)
        .orElse(0L);
  }

  private static long number(MatchResult line) {
    long epoch = Long.parseLong(line.group(1));
    return (epoch - 1) * Long.parseLong(line.group(3)) + Long.parseLong(line.group(2));
  }

  /** Waits until it has made so many steps. */
  public void awaitStep(long step) throws IOException, InterruptedException {
    await(() -> step() >= step, "come to step " + step);
  }

  /** Waits until it has said something. */
  public void awaitOutput(String words) throws IOException, InterruptedException {
    await(() -> output().contains(words), "say \"" + words + '"');
  }

  /** Waits until something holds, or it has ended without. */
  void await(Condition condition, String what) throws IOException, InterruptedException {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
    while (!condition.holds()) {
      if (!process.isAlive() || System.nanoTime() > until) {
        throw new IllegalStateException("it does not " + what + ": " + output());
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** Sends it a signal, such as TERM or KILL. */
  public void signal(String name) throws IOException, InterruptedException {
    signal(process.toHandle(), name);
  }

  /** Sends another process a signal, such as STOP. */
  public static void signal(ProcessHandle to, String name)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + to.pid()).inheritIO().start();
    if (kill.waitFor() != 0) {
      throw new IllegalStateException("no signal " + name + " to " + to.pid());
    }
  }

  /** Waits for its end; its exit code. */
  public int exitCode(long minutes) throws IOException, InterruptedException {
    if (!process.waitFor(minutes, TimeUnit.MINUTES)) {
      throw new IllegalStateException("still running: " + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** What the log tells of, or the run directory. */
  interface Condition {
    boolean holds() throws IOException;
  }
}
