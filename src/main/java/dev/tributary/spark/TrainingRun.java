package dev.tributary.spark;

import dev.tributary.data.packed.ShardPacker.Division;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.job.JobException;
import dev.tributary.spark.pack.PackObserver;
import dev.tributary.train.Checkpointing;
import dev.tributary.train.Objective;
import dev.tributary.train.Observer;
import dev.tributary.train.Rules;
import dev.tributary.train.Snapshot;
import dev.tributary.train.Trainer;
import dev.tributary.train.Training;
import dev.tributary.train.metrics.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job on Spark: its data divided into shards, its training, its evaluation after each epoch. */
public final class TrainingRun {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  /** A run's data. */
  public interface Data {
    /** The training samples. */
    SampleSource train();

    /** The samples that decide which weights are better, if they are others than the test's. */
    @Nullable SampleSource validation();

    /** The samples that tell how good the result is, if any. */
    @Nullable SampleSource test();
  }

  /**
   * What a run came to.
   *
   * @param training the training's own result
   * @param test how the values it keeps do on the test samples, if there are any
   * @param preparation of features, as fitted to the training samples
   * @param warnings what makes one doubt the training samples
   */
  public record Result(
      Training.Result training,
      @Nullable Evaluation test,
      Preparation preparation,
      List<String> warnings) {
    /** Copies the list. */
    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  private final JavaSparkContext spark;
  private final Job job;
  private PackObserver packing = PackObserver.NONE;
  private float @Nullable [] start;
  private @Nullable Preparation kept;
  private @Nullable Long deadline;

  /** Of this job, on this cluster. */
  public TrainingRun(JavaSparkContext spark, Job job) {
    this.spark = spark;
    this.job = job;
  }

  /** Tells this one how the passes over the data go. */
  public TrainingRun tellingPacking(PackObserver observer) {
    packing = observer;
    return this;
  }

  /**
   * Starts from these values, a model's of the same network, and not from random ones; and keeps
   * its preparation, as its weights mean nothing for features prepared by other numbers.
   */
  public TrainingRun startingFrom(float[] values, Preparation preparation) {
    start = values;
    kept = preparation;
    return this;
  }

  /**
   * Ends the training in time, with the best values so far.
   *
   * @param nanoTime when, as {@link System#nanoTime} counts
   */
  public TrainingRun endingAt(long nanoTime) {
    deadline = nanoTime;
    return this;
  }

  private Rules rules() {
    Rules rules = job.training().rules();
    return deadline == null
        ? rules
        : rules.inMinutes(Math.max(0, (deadline - System.nanoTime()) / 60e9));
  }

  /** Who keeps a run's snapshots, and may have one to go on from. */
  public interface Keeper {
    /**
     * What to go on from; null to begin.
     *
     * @param identity what a run must have in common with the one it goes on with, by name
     */
    @Nullable Snapshot begin(Map<String, String> identity);

    /** Who keeps snapshots of the run, which begins now. */
    Checkpointing checkpointing(Map<String, String> identity);
  }

  /** Trains to the end. */
  public Result run(Data data, Observer observer) {
    return run(data, observer, null);
  }

  /** Trains to the end, from where another run was if the keeper has it so. */
  public Result run(Data data, Observer observer, @Nullable Keeper keeper) {
    Job.Training how = job.training();
    int tasks = how.partitions();
    if (tasks == 0) {
      tasks = Partitions.best(how.shards(), spark.defaultParallelism());
    }
    SampleSource source = data.train();
    try (ShardedData train = shards(source, tasks)) {
      List<String> warnings = warnings(train, source);
      Preparation fitted =
          SparkPreparation.fit(kept == null ? job.model().preparation() : kept, train);
      Result result = run(job.objective().preparedBy(fitted), train, tasks, data, observer, keeper);
      return new Result(result.training(), result.test(), result.preparation(), warnings);
    }
  }

  private List<String> warnings(ShardedData train, SampleSource source) {
    List<String> warnings = Profiles.of(train, job.model().network()).warnings(source::feature);
    warnings.forEach(warning -> LOG.warn("{}: {}", source.describe(), warning));
    return warnings;
  }

  private Result run(
      Objective objective,
      ShardedData train,
      int tasks,
      Data data,
      Observer observer,
      @Nullable Keeper keeper) {
    Job.Training how = job.training();
    try (SparkDescent descent = SparkDescent.open(spark, objective, train, how);
        ShardedData validation = maybeShards(data.validation(), tasks);
        ShardedData test = maybeShards(data.test(), tasks)) {
      Trainer trainer = new Trainer(descent.descent(), how.plan());
      if (start != null) {
        trainer.warmStart(start);
      }
      Map<String, String> identity = keeper == null ? Map.of() : identity(train, validation, test);
      Snapshot from = keeper == null ? null : keeper.begin(identity);
      observer.started(
          new Observer.Start(
              train.samples(),
              trainer.stepsPerEpoch(),
              trainer.steps(),
              tasks,
              descent.kind().over(how.wire()),
              train.storage().name().toLowerCase(Locale.ROOT),
              validation == null ? "test" : "validation"));
      SparkEvaluation onTest = test == null ? null : new SparkEvaluation(spark, objective, test);
      SparkEvaluation onTheWay =
          validation == null ? onTest : new SparkEvaluation(spark, objective, validation);
      Training training =
          new Training(
              trainer,
              onTheWay == null ? null : onTheWay::evaluate,
              rules(),
              observer,
              keeper == null ? Checkpointing.NONE : keeper.checkpointing(identity));
      if (from != null) {
        resume(training, from);
        observer.resumed(from.step());
      }
      Training.Result result = training.run();
      if (validation == null || onTest == null) {
        return new Result(result, result.kept().evaluation(), objective.preparation(), List.of());
      }
      return new Result(
          result, onTest.evaluate(result.values()), objective.preparation(), List.of());
    }
  }

  private static void resume(Training training, Snapshot from) {
    try {
      training.resume(from);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new JobException(
          String.format(
              "the checkpoint of step %,d is not one of a run like this: %s; begin another run with"
                  + " another run.dir",
              from.step(), e.getMessage()),
          e);
    }
  }

  private Map<String, String> identity(
      ShardedData train, @Nullable ShardedData validation, @Nullable ShardedData test) {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("train.engine", job.model().engine().provider().name());
    identity.put("data.train", train.fingerprint());
    if (validation != null) {
      identity.put("data.validation", validation.fingerprint());
    } else if (test != null && job.training().rules().chooses()) {
      identity.put("data.test", test.fingerprint());
    }
    return identity;
  }

  private @Nullable ShardedData maybeShards(@Nullable SampleSource source, int tasks) {
    return source == null ? null : shards(source, tasks);
  }

  private ShardedData shards(SampleSource source, int tasks) {
    Job.Training how = job.training();
    return ShardedData.of(
        spark,
        source,
        new Division(how.shards(), how.seed()),
        tasks,
        job.data().storage(),
        packing);
  }
}
