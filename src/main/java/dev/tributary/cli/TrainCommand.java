package dev.tributary.cli;

import dev.tributary.data.BadRows;
import dev.tributary.data.DataException;
import dev.tributary.data.Schema;
import dev.tributary.format.LeaseException;
import dev.tributary.format.ModelDirectory;
import dev.tributary.format.RunDirectory;
import dev.tributary.format.WeightsFile;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.PreparationAssembly;
import dev.tributary.job.Redaction;
import dev.tributary.spark.Sources;
import dev.tributary.spark.TrainingRun;
import dev.tributary.spark.preflight.Preflight;
import dev.tributary.spark.preflight.Problem;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code train JOB}: trains the network of a job file and leaves a run directory. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Trains the network of a job file and leaves a run directory.",
    footer = {
      "",
      "Examples:",
      "  deploy/submit train jobs/digits.conf",
      "  deploy/submit train jobs/mnist-lenet.conf -D data.train=DIR/train -D data.test=DIR/t10k",
      "  deploy/submit --master yarn train jobs/mnist-lenet.conf -D train.epochs=20",
      "  deploy/submit train --resume runs/mnist-lenet"
    })
final class TrainCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainCommand.class);

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "JOB",
      description = "The job file, such as jobs/digits.conf.")
  private String jobFile = "";

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as train.epochs=20. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Goes on with the run in this directory, with its own job, from its newest checkpoint."
              + " -D may give it more epochs.")
  private @Nullable String resume;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = Spark.hadoop();
    Resumption.Start begin = new Resumption(jobFile, resume, overrides, hadoop).start();
    try (RunClaim there = begin.claim()) {
      Job job = begin.job();
      Sources sources =
          new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop);
      List<String> metrics = metrics(job, sources);
      if (there != null) {
        run(begin, there, sources, metrics, start);
      } else {
        try (RunClaim made = claim(job, hadoop)) {
          run(begin, made, sources, metrics, start);
        }
      }
    }
    return 0;
  }

  private static void run(
      Resumption.Start begin, RunClaim claim, Sources sources, List<String> metrics, long start)
      throws IOException {
    RunDirectory directory = claim.directory();
    directory.write(RunDirectory.JOB, Redaction.ofAddresses(begin.job().text()));
    Summary summary = new Summary(begin.job(), start);
    try {
      train(begin, sources, metrics, claim, summary);
    } catch (LeaseException e) {
      // What is in the directory is another process's now.
      throw e;
    } catch (RuntimeException | IOException e) {
      saveFailure(directory, summary, e);
      throw e;
    }
  }

  /** The metrics that evaluations will give; the job's choice of one must be among them. */
  private static List<String> metrics(Job job, Sources sources) {
    Schema schema = sources.train().schema();
    boolean evaluates = sources.test() != null || sources.validation() != null;
    Objective objective = job.objective();
    int outputs = objective.network().output().size();
    List<String> metrics = Predictor.task(objective, schema).metrics(objective.loss(), outputs);
    try {
      job.training().rules().check(metrics, evaluates);
    } catch (IllegalArgumentException e) {
      throw new JobException(String.valueOf(e.getMessage()), e);
    }
    return metrics;
  }

  private static RunClaim claim(Job job, Configuration hadoop) throws IOException {
    String named = job.runDirectory();
    return named == null
        ? RunClaim.ofFree("runs/" + job.name(), hadoop)
        : RunClaim.ofNew(named, hadoop);
  }

  private static void train(
      Resumption.Start begin,
      Sources sources,
      List<String> metrics,
      RunClaim claim,
      Summary summary)
      throws IOException {
    Job job = begin.job();
    RunDirectory directory = claim.directory();
    if (begin.from() != null) {
      long steps = begin.from().snapshot().step();
      System.out.printf(Locale.ROOT, "resumed after step %,d%n", steps);
    }
    PrintStream out = System.out;
    String data = sources.train().describe();
    out.printf("%s: %s%n%n%s%n", job.name(), data, job.model().network().table());
    if (job.training().rules().chooses() && sources.validation() == null) {
      LOG.warn(
          "the test data decides when to stop or what to keep, so it will look better than it is;"
              + " give data.validation_share (such as 0.1) or data.validation");
    }
    TrainingRun.Result result;
    Map<String, BadRows> badRows;
    try (StopSignals signals = StopSignals.listen();
        StopRequests requests = StopRequests.listen(claim);
        Spark spark = Spark.start("tributary " + job.name());
        Progress progress = Progress.open(job.training());
        MetricsFile file = new MetricsFile(claim, job.training().logEvery(), metrics);
        RunCheckpoints checkpoints =
            new RunCheckpoints(
                job,
                claim,
                begin.from(),
                () -> signals.isStopRequested() || requests.isStopRequested())) {
      summary.sparkStarted(spark.session().version());
      lookBefore(spark, job, sources, directory);
      Observers observers = new Observers(progress, file, summary);
      TrainingRun run = new TrainingRun(spark.context(), job).tellingPacking(new PackProgress());
      result = run.run(sources, observers, checkpoints);
      badRows = sources.badRows();
    }
    claim.lease().check();
    float[] values = result.training().values();
    Map<String, Object> completed = summary.completed(result, WeightsFile.sha256(values));
    Summary.addBadRows(completed, badRows);
    directory.writeModel(
        new ModelDirectory(
            job.model().networkText(),
            job.model().lossText(),
            PreparationAssembly.text(result.preparation()),
            values,
            completed,
            sources.vocabulary().columns()));
    directory.writeSummary(completed);
    report(out, directory, result, completed);
  }

  /** What doctor looks at: a run that would fail does not begin. */
  private static void lookBefore(Spark spark, Job job, Sources sources, RunDirectory directory) {
    Preflight preflight = new Preflight(spark.context(), job, Spark.hadoop());
    List<Problem> problems = preflight.run(sources, directory.name()).problems();
    if (problems.isEmpty()) {
      return;
    }
    ProblemTable table = new ProblemTable(problems);
    System.err.println(table.text());
    if (table.isBadData()) {
      throw new DataException(table.verdict());
    }
    if (table.isFatal()) {
      throw new JobException(table.verdict());
    }
  }

  private static void report(
      PrintStream out,
      RunDirectory directory,
      TrainingRun.Result result,
      Map<String, Object> summary) {
    out.println();
    if (result.training().stopped() != null) {
      out.printf(
          "stopped early: %s; kept the weights of step %s%n",
          result.training().stopped(), summary.get("kept_step"));
    }
    if (result.test() != null) {
      out.printf(
          Locale.ROOT,
          "test %s, on %,d samples%n",
          MetricText.line(result.test()),
          result.test().samples());
    }
    out.printf(
        Locale.ROOT,
        "%,d steps, %s samples/s, %s s in all; weights %.16s…%n",
        result.training().steps(),
        summary.get("samples_per_second"),
        summary.get("wall_seconds"),
        summary.get("weights_sha256"));
    out.printf("run directory: %s%n", directory.name());
  }

  private static void saveFailure(RunDirectory directory, Summary summary, Exception failure) {
    try {
      directory.writeSummary(summary.failed(failure));
    } catch (IOException e) {
      LOG.warn("the failure could not be noted in {}: {}", directory.name(), e.getMessage());
    }
  }
}
