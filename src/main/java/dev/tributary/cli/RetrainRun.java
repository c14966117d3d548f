package dev.tributary.cli;

import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.spark.Drift;
import dev.tributary.spark.ModelComparison;
import dev.tributary.spark.RetrainingData;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkEvaluation;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.PairedComparison;
import dev.tributary.train.metrics.Task;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** A retrain's part on Spark: the training, the comparison, the drift. */
final class RetrainRun {
  /** The share of retrain.time_budget that is not for training. */
  private static final double COMPARING = 0.1;

  private final JavaSparkContext context;
  private final Job job;
  private final long start;

  RetrainRun(JavaSparkContext context, Job job, long start) {
    this.context = context;
    this.job = job;
    this.start = start;
  }

  /**
   * What it came to.
   *
   * @param values the challenger's
   * @param preparation the challenger's, fitted
   * @param comparison with the champion; null where there is none
   * @param drift from the old data to the new
   * @param details for version.json
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier for one hand-over, never compared
  record Result(
      float[] values,
      Preparation preparation,
      @Nullable PairedComparison comparison,
      Drift drift,
      Map<String, Object> details) {}

  Result run(RetrainingData data, @Nullable SavedModel champion, boolean isWarm) {
    Task task = check(data, champion);
    try (Progress progress = Progress.open(job.training())) {
      TrainingRun run = new TrainingRun(context, job);
      endInTime(run);
      if (isWarm && champion != null) {
        run.startingFrom(champion.weights(), champion.objective().preparation());
      }
      TrainingRun.Result trained = run.run(data, progress);
      float[] values = trained.training().values();
      Objective objective = job.objective().preparedBy(trained.preparation());
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("metrics", trained.test() == null ? Map.of() : trained.test().metrics());
      details.put("steps", trained.training().steps());
      details.put("stopped_because", trained.training().stopped());
      PairedComparison comparison = null;
      if (champion != null) {
        try (ShardedData held = ShardedData.forEvaluation(context, data.test())) {
          comparison = compare(task, held, champion, objective, values);
          details.put(
              "champion_metrics",
              new SparkEvaluation(context, champion.objective(), held)
                  .evaluate(champion.weights())
                  .metrics());
        }
        details.put("comparison", comparison(comparison));
      }
      Drift drift =
          champion == null
              ? Drift.of(context, data, objective, values)
              : Drift.of(context, data, champion.objective(), champion.weights());
      if (drift.before() != null) {
        details.put("drift", drift.summary());
      }
      details.put("spark_version", context.version());
      return new Result(values, trained.preparation(), comparison, drift, details);
    }
  }

  /** Before any time goes into training: what could not be compared in the end. */
  private Task check(RetrainingData data, @Nullable SavedModel champion) {
    Task task = Predictor.task(job.objective(), data.fresh().schema());
    if (task == Task.NUMBERS && job.retraining().rule().test() == Job.Test.MCNEMAR) {
      throw new JobException(
          "retrain.test = mcnemar compares answers that are right or wrong, but this job's are"
              + " numbers; set retrain.test = bootstrap, or auto");
    }
    if (champion == null) {
      return task;
    }
    Objective old = champion.objective();
    if (!old.preparation().input().equals(job.model().preparation().input())
        || old.network().output().size() != job.model().network().output().size()
        || Predictor.task(old, data.fresh().schema()) != task) {
      throw new JobException(
          String.format(
              "the champion, %s, reads %s and gives %d outputs, but this job's network reads %s and"
                  + " gives %d: they cannot be compared; give the job another name, which begins"
                  + " another store",
              champion.directory(),
              old.preparation().input(),
              old.network().output().size(),
              job.model().preparation().input(),
              job.model().network().output().size()));
    }
    return task;
  }

  /** When training must end, so that there is time left for the comparison. */
  private void endInTime(TrainingRun run) {
    Double budget = job.retraining().timeBudget();
    if (budget != null) {
      run.endingAt(start + Math.round((1 - COMPARING) * budget * 60e9));
    }
  }

  private PairedComparison compare(
      Task task, ShardedData held, SavedModel champion, Objective objective, float[] values) {
    Job.Promotion rule = job.retraining().rule();
    long seed = job.training().seed();
    if (task == Task.NUMBERS) {
      return PairedComparison.bootstrapOfLosses(
          ModelComparison.losses(
              context, held, champion.objective(), champion.weights(), job.model().loss()),
          ModelComparison.losses(context, held, objective, values, job.model().loss()),
          rule.confidence(),
          seed);
    }
    boolean[] old = ModelComparison.right(context, held, champion.objective(), champion.weights());
    boolean[] now = ModelComparison.right(context, held, objective, values);
    return rule.test() == Job.Test.BOOTSTRAP
        ? PairedComparison.bootstrap(old, now, rule.confidence(), seed)
        : PairedComparison.mcNemar(old, now, rule.confidence());
  }

  private static Map<String, Object> comparison(PairedComparison c) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("test", c.method());
    map.put("measure", c.measure());
    map.put("samples", c.samples());
    map.put("champion", c.champion());
    map.put("challenger", c.challenger());
    map.put("only_champion", c.onlyChampion());
    map.put("only_challenger", c.onlyChallenger());
    map.put("low", c.low());
    map.put("high", c.high());
    map.put("p_value", Double.isNaN(c.pValue()) ? null : c.pValue());
    map.put("confidence", c.confidence());
    return map;
  }
}
