package dev.tributary.cli;

import dev.tributary.format.LeaseException;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.JobException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stop RUN}: ends a run, wherever its driver is. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Ends a run after its step, with a checkpoint, wherever its driver is: on this machine, on"
          + " YARN, on Kubernetes or on a worker. It needs to see the run's directory alone.",
      "Returns when the run has heard it; the run then exits with 5, and train --resume goes on."
    },
    footer = {"", "Example:", "  deploy/submit stop hdfs:///runs/mnist"})
final class StopCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "RUN", description = "The run's directory.")
  private String run = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait until the run hears it; 90 if not said.")
  private long seconds = 90;

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunDirectory directory = RunDirectory.open(run, Spark.hadoop());
    if (!directory.has(RunDirectory.JOB)) {
      throw new JobException(
          run
              + " holds no run that could be stopped: it has no job.conf; give the run directory"
              + " that train names, or its run.dir");
    }
    String who = directory.writer();
    if (who == null) {
      System.out.printf("nothing to stop: %s%n", ended(directory));
      return 0;
    }
    directory.write(RunDirectory.STOP, who);
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (directory.has(RunDirectory.STOP)) {
      if (!who.equals(directory.writer())) {
        directory.remove(RunDirectory.STOP);
        System.out.printf("it ended before it could be stopped: %s%n", ended(directory));
        return 0;
      }
      if (System.nanoTime() > until) {
        directory.remove(RunDirectory.STOP);
        throw new LeaseException(unheard(who));
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
    System.out.printf(
        "%s has heard it and ends after its step, with a checkpoint; train --resume %s goes on%n",
        who, run);
    return 0;
  }

  private String unheard(String who) {
    return String.format(
        "the run in %s has not heard it in %d s and goes on, if it is still there: %s. A run listens"
            + " while it trains; if it was just starting, run this again. If that process is gone,"
            + " there is nothing to stop, and train --resume %s takes over",
        run, seconds, who, run);
  }

  /** What a run that no process writes to says of its end. */
  private static String ended(RunDirectory directory) throws IOException {
    String status = directory.status();
    return status.isEmpty()
        ? "no process writes to " + directory.name() + ", and it has no summary.json"
        : "the run in " + directory.name() + " is " + status;
  }
}
