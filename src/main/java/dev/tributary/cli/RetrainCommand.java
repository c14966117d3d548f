package dev.tributary.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.job.Redaction;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code retrain JOB}: a model of what has arrived since the last, for schedulers. */
@Command(
    name = "retrain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a challenger on what has arrived since the last retrain, compares it with the champion"
          + " on held-out data, and makes it champion if it is better beyond luck.",
      "The last line on stdout is JSON for the scheduler: status (promoted, kept, no_new_data,"
          + " already_done, dry_run, failed), version, champion, …"
    },
    footer = {
      "",
      "Examples:",
      "  deploy/submit retrain jobs/digits-retrain.conf",
      "  deploy/submit retrain jobs/digits-retrain.conf --period 2026-11-23",
      "  deploy/submit retrain jobs/digits-retrain.conf --dry-run"
    })
final class RetrainCommand implements Callable<Integer> {
  @ParentCommand private @Nullable Main main;

  @Parameters(
      index = "0",
      paramLabel = "JOB",
      description = "The job file, such as jobs/digits-retrain.conf.")
  private String jobFile = "";

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Sets a key of the job, such as retrain.store=DIR. May be repeated.")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Option(
      names = "--period",
      paramLabel = "NAME",
      description =
          "The period this is for, such as its date: run again for it, it is not done again. By"
              + " default the newest arrival's name.")
  private @Nullable String period;

  @Option(names = "--dry-run", description = "Says what would be done, and changes nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Configuration hadoop = Spark.hadoop();
    Map<String, Object> line = new LinkedHashMap<>();
    try {
      Job job = JobFile.read(jobFile, overrides, hadoop);
      line.put("job", job.name());
      if (job.retraining().store() == null || job.retraining().arriving().data() == null) {
        throw new JobException(
            jobFile
                + ": retrain needs retrain.store, where models are kept, and retrain.data, the folder"
                + " in which data arrives; give both, here or with -D");
      }
      try (Retrain retrain = new Retrain(job, hadoop, start)) {
        retrain.run(period, dryRun, line);
      }
      return 0;
    } catch (FSError e) {
      line.put("status", "failed");
      line.put("exit_code", 1);
      line.put("error", Failure.ofDisk(e).getMessage());
      throw e;
    } catch (RuntimeException | IOException e) {
      line.put("status", "failed");
      line.put("exit_code", Failure.exitCode(e));
      line.put("error", Redaction.of(String.valueOf(e.getMessage())));
      throw e;
    } finally {
      line.put("seconds", Math.round((System.nanoTime() - start) / 1e8) / 10.0);
      String json = new ObjectMapper().writeValueAsString(line);
      System.out.println(json);
      if (main != null) {
        main.outcome().say(json);
      }
    }
  }
}
