package dev.tributary.cli;

import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.spark.Distributions;
import dev.tributary.spark.ModelComparison;
import dev.tributary.spark.RetrainingData;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkEvaluation;
import dev.tributary.spark.TrainingRun;
import dev.tributary.train.Objective;
import dev.tributary.train.metrics.Evaluation;
import dev.tributary.train.metrics.PairedComparison;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** A retrain's part on Spark: the training, the comparison, the drift. */
final class RetrainRun {
  private final Job job;
  private final long start;

  RetrainRun(Job job, long start) {
    this.job = job;
    this.start = start;
  }

  /**
   * What it came to.
   *
   * @param values the challenger's
   * @param preparation the challenger's, fitted
   * @param comparison with the champion; null where there is none
   * @param before how the old data is distributed, if there is any
   * @param now how the new data is
   * @param details for version.json
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier for one hand-over, never compared
  record Result(
      float[] values,
      Preparation preparation,
      @Nullable PairedComparison comparison,
      @Nullable Distributions before,
      Distributions now,
      Map<String, Object> details) {}

  Result run(RetrainingData data, @Nullable SavedModel champion, float @Nullable [] warm) {
    try (Spark spark = Spark.start("tributary retrain " + job.name());
        Progress progress = Progress.open(job.training())) {
      JavaSparkContext context = spark.context();
      TrainingRun run = new TrainingRun(context, inTime());
      if (warm != null && champion != null) {
        run.startingFrom(warm, champion.objective().preparation());
      }
      TrainingRun.Result trained = run.run(data, progress);
      float[] values = trained.training().values();
      Objective objective = job.objective().preparedBy(trained.preparation());
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("metrics", trained.test() == null ? Map.of() : trained.test().metrics());
      details.put("steps", trained.training().steps());
      details.put("stopped_because", trained.training().stopped());
      PairedComparison comparison = null;
      Objective judge = champion == null ? objective : champion.objective();
      float[] judging = champion == null ? values : champion.weights();
      if (champion != null) {
        try (ShardedData held = ShardedData.forEvaluation(context, data.test())) {
          comparison = compare(context, held, champion, objective, values);
          Evaluation old =
              new SparkEvaluation(context, champion.objective(), held).evaluate(judging);
          details.put("champion_metrics", old.metrics());
        }
        details.put("comparison", comparison(comparison));
      }
      Distributions now = Distributions.of(context, data.fresh(), judge, judging);
      Distributions before =
          data.old() == null ? null : Distributions.of(context, data.old(), judge, judging);
      if (before != null) {
        details.put("drift", drift(before, now));
      }
      details.put("spark_version", spark.session().version());
      return new Result(values, trained.preparation(), comparison, before, now, details);
    }
  }

  /** The job, told to end in time with the best so far. */
  private Job inTime() {
    Double budget = job.retraining().timeBudget();
    if (budget == null) {
      return job;
    }
    double left = Math.max(1e-3, budget - (System.nanoTime() - start) / 60e9);
    return job.withRules(job.training().rules().inMinutes(left));
  }

  private PairedComparison compare(
      JavaSparkContext context,
      ShardedData held,
      SavedModel champion,
      Objective objective,
      float[] values) {
    boolean[] old = ModelComparison.right(context, held, champion.objective(), champion.weights());
    boolean[] now = ModelComparison.right(context, held, objective, values);
    Job.Promotion rule = job.retraining().rule();
    return rule.bootstrap()
        ? PairedComparison.bootstrap(old, now, rule.confidence(), job.training().seed())
        : PairedComparison.mcNemar(old, now, rule.confidence());
  }

  private static Map<String, Object> comparison(PairedComparison c) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("test", c.method());
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

  private static Map<String, Object> drift(Distributions before, Distributions now) {
    double[] features = before.featuresTo(now);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("features_max_psi", Arrays.stream(features).max().orElse(0));
    map.put("features_mean_psi", Arrays.stream(features).average().orElse(0));
    map.put("labels_psi", before.labelsTo(now));
    map.put("predictions_psi", before.predictionsTo(now));
    return map;
  }
}
