package dev.tributary.cli;

import dev.tributary.job.Job;
import dev.tributary.spark.Sources;
import dev.tributary.spark.preflight.Cluster;
import dev.tributary.spark.preflight.Preflight;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code doctor JOB}: what would go wrong if the job were trained here; nothing is trained. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Looks at a job, its data and the cluster, and tells what would go wrong and what to set.",
      "Nothing is trained; train looks at the same before it begins."
    },
    footer = {
      "",
      "Examples:",
      "  deploy/submit doctor jobs/digits.conf",
      "  deploy/submit --master spark://HOST:7077 --executor-memory 2g doctor jobs/mnist-lenet.conf"
    })
final class DoctorCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "JOB", description = "The job file.")
  private String jobFile = "";

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as train.batch=4096. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() {
    Configuration hadoop = Spark.hadoop();
    Job job = JobFile.read(jobFile, overrides, hadoop);
    Sources sources =
        new Sources(job.data(), job.model().network(), job.model().preparation(), hadoop);
    Preflight.Findings findings;
    try (Spark spark = Spark.start("tributary doctor " + job.name())) {
      String directory = job.runDirectory() == null ? "runs/" + job.name() : job.runDirectory();
      findings = new Preflight(spark.context(), job, hadoop).run(sources, directory);
    }
    Cluster cluster = findings.cluster();
    int executors = cluster.machines().size();
    System.out.printf(
        "%s: %s, %d %s in all; engine %s%n",
        job.name(),
        cluster.isLocal()
            ? "local mode"
            : executors + (executors == 1 ? " executor" : " executors"),
        cluster.cores(),
        cluster.cores() == 1 ? "core" : "cores",
        job.model().engine().provider().description());
    ProblemTable table = new ProblemTable(findings.problems());
    if (!findings.problems().isEmpty()) {
      System.out.printf("%n%s%n", table.text());
    }
    if (!table.isFatal()) {
      System.out.println(table.verdict());
      return 0;
    }
    System.err.println("tributary: " + table.verdict());
    return table.isBadData() ? 3 : 2;
  }
}
