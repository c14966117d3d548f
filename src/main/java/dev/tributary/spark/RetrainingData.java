package dev.tributary.spark;

import dev.tributary.job.Job;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * The data of a retrain: the new, with a share of the old, but for what is held out.
 *
 * <p>Who is held out follows from a sample's content and a seed that never changes, so what one
 * model is compared on none was trained on, in whichever period.
 */
public final class RetrainingData implements TrainingRun.Data {
  /** Of the training samples, where the job does not say itself: to choose the best weights by. */
  private static final double VALIDATION = 0.1;

  private static final long HELD_OUT = 0x72657472;
  private static final long REPLAYED = 0x7265706c;
  private static final long VALIDATED = 0x76616c69;

  private final SampleSource fresh;
  private final @Nullable SampleSource old;
  private final Job job;
  private long freshCount;
  private long oldCount;

  /**
   * Of these.
   *
   * @param fresh what is new
   * @param old what is not; null in a first run
   */
  public RetrainingData(SampleSource fresh, @Nullable SampleSource old, Job job) {
    this.fresh = fresh;
    this.old = old;
    this.job = job;
  }

  /** Counts samples, by reading them where nothing else tells; to be called before all else. */
  public RetrainingData count(JavaSparkContext spark) {
    freshCount = count(spark, fresh);
    oldCount = old == null ? 0 : count(spark, old);
    return this;
  }

  private static long count(JavaSparkContext spark, SampleSource source) {
    if (source.count() >= 0) {
      return source.count();
    }
    long count =
        Failures.ofData(
            () ->
                source
                    .read(spark, spark.defaultParallelism())
                    .map(block -> (long) block.count())
                    .fold(0L, Long::sum));
    source.checkRead();
    return count;
  }

  /** New samples. */
  public long freshCount() {
    return freshCount;
  }

  /** Old samples. */
  public long oldCount() {
    return oldCount;
  }

  private SampleSource trainable(SampleSource source) {
    return new HeldOutSource(source, job.retraining().holdout(), HELD_OUT, false);
  }

  /** All that may be trained on. */
  private SampleSource all() {
    SampleSource now = trainable(fresh);
    double share = replayed();
    if (share == 0 || old == null) {
      return now;
    }
    List<SampleSource> both = new ArrayList<>();
    both.add(now);
    SampleSource before = trainable(old);
    both.add(share == 1 ? before : new HeldOutSource(before, share, REPLAYED, true));
    return new UnionSource(both);
  }

  /** The share of the old samples that makes retrain.replay of all training samples. */
  public double replayed() {
    if (oldCount == 0) {
      return 0;
    }
    double replay = job.retraining().replay();
    double wanted = replay / (1 - replay) * freshCount;
    return Math.min(1, wanted / oldCount);
  }

  private double validationShare() {
    double given = job.data().validationShare();
    return given == 0 ? VALIDATION : given;
  }

  @Override
  public SampleSource train() {
    return new HeldOutSource(all(), validationShare(), VALIDATED, false);
  }

  @Override
  public SampleSource validation() {
    return new HeldOutSource(all(), validationShare(), VALIDATED, true);
  }

  /** The new samples that nothing is trained on. */
  @Override
  public SampleSource test() {
    return new HeldOutSource(fresh, job.retraining().holdout(), HELD_OUT, true);
  }

  /** The new data, all of it. */
  public SampleSource fresh() {
    return fresh;
  }

  /** The old data; null if there is none. */
  public @Nullable SampleSource old() {
    return oldCount == 0 ? null : old;
  }
}
