package dev.tributary.cli;

import dev.tributary.engine.Precision;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.nn.Batch;
import dev.tributary.nn.GradientCheck;
import dev.tributary.nn.GradientFinding;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gradcheck JOB}: whether backpropagation is right, without data and without Spark. */
@Command(
    name = "gradcheck",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Compares the gradients of a job's network with differences of its loss, layer by layer, on"
            + " random samples; nothing is trained.",
    footer = {
      "",
      "Examples:",
      "  deploy/submit gradcheck jobs/mnist-lenet.conf",
      "  deploy/submit gradcheck jobs/mnist-residual.conf --weights 64 --seed 2"
    })
final class GradcheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "JOB", description = "The job file.")
  private String jobFile = "";

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as train.loss=squared_error. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--weights",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Derivatives to check by each parameter and each layer's input; of a smaller one, all."
              + " Default: ${DEFAULT-VALUE}.")
  private int weights;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Samples in the batch; with batch_norm of flat features, at least 4, as the gradients of fewer"
              + " nearly cancel. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Which random samples, and which derivatives. Weights are those that the job starts with."
              + " Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() {
    atLeastOne("--weights", weights);
    atLeastOne("--samples", samples);
    Job job = JobFile.read(jobFile, overrides, Spark.hadoop());
    if (job.model().precision() != Precision.F32) {
      throw new JobException(
          "gradcheck looks for differences that bfloat16's 8 bits hide; add -D train.precision=f32");
    }
    Network network = job.model().network();
    System.out.printf(
        Locale.ROOT,
        "%s: gradients of %s on %d random samples; engine %s%n%n",
        job.name(),
        job.model().loss().name(),
        samples,
        job.model().engine().provider().description());
    Batch batch = GradientCheck.randomBatch(network, samples, seed);
    long jobSeed = job.training().seed();
    List<GradientFinding> findings =
        new GradientCheck(network, job.model().loss(), job.model().engine().provider())
            .run(
                network.initialValues(jobSeed), batch, Pass.training(jobSeed, 0, 0), weights, seed);
    GradientReport report =
        new GradientReport(findings, job.model().engine().provider().name(), jobFile);
    System.out.println(report.table());
    if (report.agrees()) {
      System.out.println(report.verdict());
      return 0;
    }
    System.err.println("tributary: " + report.verdict());
    return 1;
  }

  private void atLeastOne(String option, int value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), option + " must be at least 1, not " + value);
    }
  }
}
