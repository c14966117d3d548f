package dev.tributary.spark;

import dev.tributary.job.Job;
import dev.tributary.train.Evaluation;
import dev.tributary.train.Objective;
import dev.tributary.train.TrainedStep;
import dev.tributary.train.Trainer;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/** A job on Spark: its data divided into shards, its training, its evaluation after each epoch. */
public final class TrainingRun {
  /** Who reads the run as it goes. */
  public interface Observer {
    /** The data is ready and training begins. */
    default void started(Start start) {}

    /** A step was made. */
    default void stepped(TrainedStep step) {}

    /** An epoch ended. */
    default void epochEnded(Epoch epoch) {}
  }

  /**
   * What is known when training begins.
   *
   * @param samples in the training set
   * @param stepsPerEpoch steps in an epoch
   * @param steps in the whole run
   * @param partitions tasks in a step
   */
  public record Start(long samples, int stepsPerEpoch, long steps, int partitions) {}

  /**
   * What is known when an epoch ends.
   *
   * @param last its last step
   * @param trainLoss the mean loss over its samples, each before its step's update
   * @param test how the weights now do on the test set, if there is one
   */
  public record Epoch(TrainedStep last, double trainLoss, @Nullable Evaluation test) {}

  /**
   * What a run came to.
   *
   * @param weights the flat weights; the receiver's own
   * @param steps steps made
   * @param samples samples that gradients were computed for
   * @param seconds spent on steps, evaluation not counted
   * @param last the last epoch
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier for one hand-over, never compared
  public record Result(float[] weights, long steps, long samples, double seconds, Epoch last) {}

  private final JavaSparkContext spark;
  private final Job job;

  /** Of this job, on this cluster. */
  public TrainingRun(JavaSparkContext spark, Job job) {
    this.spark = spark;
    this.job = job;
  }

  /**
   * Trains to the end.
   *
   * @param train the training samples
   * @param test the test samples, if any
   */
  public Result run(SampleSource train, @Nullable SampleSource test, Observer observer) {
    Job.Training how = job.training();
    Objective objective = job.objective();
    int partitions = how.partitions();
    if (partitions == 0) {
      partitions = Partitions.best(how.shards(), spark.defaultParallelism());
    }
    try (ShardedData data = shards(train, partitions);
        SparkGradients gradients = new SparkGradients(spark, objective, data, how.fanIn());
        ShardedData testData = test == null ? null : shards(test, partitions)) {
      Trainer trainer = trainer(gradients);
      observer.started(
          new Start(data.samples(), trainer.stepsPerEpoch(), trainer.steps(), partitions));
      SparkEvaluation evaluation =
          testData == null ? null : new SparkEvaluation(spark, objective, testData);
      return loop(trainer, evaluation, observer);
    }
  }

  private ShardedData shards(SampleSource source, int partitions) {
    Job.Training how = job.training();
    return ShardedData.of(spark, source, how.shards(), partitions, how.seed());
  }

  private Trainer trainer(SparkGradients gradients) {
    Job.Training how = job.training();
    return new Trainer(gradients, job.model().network(), how.plan(), how.seed());
  }

  private static Result loop(
      Trainer trainer, @Nullable SparkEvaluation evaluation, Observer observer) {
    long samples = 0;
    long nanos = 0;
    double epochLoss = 0;
    long epochSamples = 0;
    double epochWeight = 0;
    Epoch last = null;
    while (trainer.hasNext()) {
      long start = System.nanoTime();
      TrainedStep step = trainer.next();
      nanos += System.nanoTime() - start;
      observer.stepped(step);
      epochLoss += step.lossSum();
      epochSamples += step.samples();
      epochWeight += step.weight();
      if (step.step().endsEpoch()) {
        Evaluation test = evaluation == null ? null : evaluation.evaluate(trainer.values());
        last = new Epoch(step, epochLoss / epochWeight, test);
        observer.epochEnded(last);
        samples += epochSamples;
        epochLoss = 0;
        epochSamples = 0;
        epochWeight = 0;
      }
    }
    if (last == null) {
      throw new IllegalStateException("a run has at least one epoch");
    }
    return new Result(trainer.values().clone(), trainer.steps(), samples, nanos / 1e9, last);
  }
}
