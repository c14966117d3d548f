package dev.tributary.cli;

import dev.tributary.job.Job;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inspect JOB}: what a job would train, without data and without Spark. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows the network of a job file, its shapes and parameters; nothing is run.",
    footer = {
      "",
      "Examples:",
      "  deploy/submit inspect jobs/mnist-lenet.conf",
      "  deploy/submit inspect --explain jobs/mnist-lenet.conf"
    })
final class InspectCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job file.")
  private String jobFile = "";

  @Option(
      names = "--explain",
      description =
          "Also each layer's formulas, forward and backward, with the dimensions that must agree.")
  private boolean explain;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as network.input=[32,32,3]. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() {
    Job job = JobFile.read(jobFile, overrides, Spark.hadoop());
    System.out.printf(
        Locale.ROOT,
        "%s: reads %s%n%n%s%n",
        job.name(),
        job.model().network().input(),
        job.model().network().table());
    System.out.printf(
        Locale.ROOT,
        "engine %s (%s), precision %s; loss %s; %d epochs of batches of %,d; %d shards%n",
        job.model().engine().provider().description(),
        job.model().engine().reason(),
        job.model().precision(),
        job.model().loss().name(),
        job.training().plan().epochs(),
        job.training().plan().batch(),
        job.training().shards());
    if (explain) {
      System.out.print(EXPLANATION);
      System.out.print(job.model().network().explanation());
    }
    return 0;
  }

  private static final String EXPLANATION =
      """

      How backpropagation goes through this network. A mini-batch of n samples is a matrix with a row
      for each, so that one product serves them all. x is what a layer reads, y what it gives; dx is
      the derivative of the loss by x, and likewise dy, dW, db. The loss gives the last layer's dy;
      each layer turns its dy into its dx, which is the dy of the layer before, and into dW and db, by
      which its parameters move.

      The rule that dimensions must agree: differentiate as if all were numbers, then put the factors
      in the order, and transpose those, for which the dimensions agree; there is one way. The product
      over n in dW is what sums the gradient over the mini-batch.
      """;
}
