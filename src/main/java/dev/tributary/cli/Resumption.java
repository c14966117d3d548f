package dev.tributary.cli;

import dev.tributary.format.Checkpoint;
import dev.tributary.format.RunDirectory;
import dev.tributary.job.Job;
import dev.tributary.job.JobChange;
import dev.tributary.job.JobException;
import dev.tributary.job.Redaction;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a training run begins, or goes on with one that is there. Nothing is written here but the
 * lease of a run that goes on: its newest checkpoint is looked for when no other process can write
 * one any more.
 */
final class Resumption {
  private static final Logger LOG = LoggerFactory.getLogger(Resumption.class);

  private final String jobFile;
  private final @Nullable String run;
  private final Map<String, String> overrides;
  private final Configuration hadoop;

  /**
   * What the command line says.
   *
   * @param jobFile the job file; empty if none is given
   * @param run the run to go on with, if it is given
   */
  Resumption(
      String jobFile, @Nullable String run, Map<String, String> overrides, Configuration hadoop) {
    this.jobFile = jobFile;
    this.run = run;
    this.overrides = overrides;
    this.hadoop = hadoop;
  }

  /**
   * What a run begins with.
   *
   * @param claim to the run that it goes on with; null if it is a new one
   * @param from where that run was; null to begin at the first step
   */
  record Start(Job job, @Nullable RunClaim claim, @Nullable Checkpoint from) {}

  /**
   * Looks at what is there.
   *
   * @throws JobException if it is not a run that can go on, or is another job's
   */
  Start start() throws IOException {
    if (run == null) {
      if (jobFile.isEmpty()) {
        throw new JobException("train needs a job file, such as jobs/digits.conf, or --resume RUN");
      }
      Job job = JobFile.read(jobFile, overrides, hadoop);
      return job.training().resumes() ? automatic(job) : new Start(job, null, null);
    }
    if (!jobFile.isEmpty()) {
      throw new JobException("--resume takes the run's own job; leave " + jobFile + " out");
    }
    RunDirectory directory = RunDirectory.open(run, hadoop);
    if (!directory.has(RunDirectory.JOB)) {
      throw new JobException(run + " holds no run that could be resumed: it has no job.conf");
    }
    Map<String, String> keys = new LinkedHashMap<>(overrides);
    keys.put("run.dir", run);
    keys.putIfAbsent("name", new Path(run).getName());
    Job job = JobFile.read(directory.path(RunDirectory.JOB).toString(), keys, hadoop);
    return resumed(job, RunClaim.ofThere(directory));
  }

  private Start automatic(Job job) throws IOException {
    if (job.runDirectory() == null) {
      throw new JobException("train.resume = auto needs run.dir, the directory to look in");
    }
    RunDirectory directory = RunDirectory.open(job.runDirectory(), hadoop);
    if (!directory.has(RunDirectory.JOB) || isCompleted(directory)) {
      return new Start(job, null, null);
    }
    return resumed(job, RunClaim.ofThere(directory));
  }

  private static boolean isCompleted(RunDirectory directory) throws IOException {
    return directory.status().equals("completed");
  }

  private static Start resumed(Job job, RunClaim claim) throws IOException {
    try {
      RunDirectory directory = claim.directory();
      Checkpoint from = directory.checkpoints().newest(LOG::warn).orElse(null);
      String before = from == null ? directory.read(RunDirectory.JOB) : from.origin().job();
      // What is kept of a job has no credentials in it.
      JobChange.check(Redaction.ofAddresses(before), Redaction.ofAddresses(job.text()));
      if (from == null) {
        LOG.warn("{} has no whole checkpoint; it begins at its first step", directory.name());
      }
      return new Start(job, claim, from);
    } catch (IOException | RuntimeException e) {
      claim.close();
      throw e;
    }
  }
}
