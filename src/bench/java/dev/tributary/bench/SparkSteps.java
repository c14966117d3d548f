package dev.tributary.bench;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.SampleSource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkDescent;
import dev.tributary.train.Trainer;
import java.util.Map;
import java.util.Random;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Tributary's steps on Spark as a run makes them: batches filled from shards of 8-bit images,
 * gradients, exchange, update, and the checks that all is finite.
 */
final class SparkSteps implements AutoCloseable {
  /** Mini-batches in the data set. */
  private static final int STEPS_PER_EPOCH = 16;

  private static final int CLASSES = 10;

  private final ShardedData data;
  private final SparkDescent descent;
  private final Trainer trainer;

  /** Opens a job's training on a source, by so many tasks. */
  SparkSteps(JavaSparkContext spark, Job job, SampleSource source, int tasks) {
    Job.Training how = job.training();
    data = ShardedData.of(spark, source, how.shards(), tasks, how.seed());
    descent = SparkDescent.open(spark, job.objective(), data, how);
    trainer = new Trainer(descent.descent(), how.plan());
  }

  /**
   * Of a network, on random images of 16 mini-batches.
   *
   * @param train what a job's train section says besides the optimizer
   */
  static SparkSteps onRandomImages(
      JavaSparkContext spark, BenchNetwork network, int tasks, Map<String, String> train) {
    String text =
        String.format(
            """
            data.digits { train = 10, test = 0 }
            network { %s }
            train { optimizer { type = sgd, rate = 1e-3, momentum = 0.9 }, epochs = 1000000 }
            """,
            network.section());
    Job job = JobParser.parse(text, "bench", "bench", train);
    int batch = job.training().plan().batch();
    MemorySource source = new MemorySource(random(job, STEPS_PER_EPOCH * batch), batch);
    return new SparkSteps(spark, job, source, tasks);
  }

  private static Samples random(Job job, int count) {
    Samples samples = new Samples(new Schema(job.model().network().input(), true, 0, false), count);
    Random random = new Random(1);
    byte[] pixels = new byte[samples.shape().size()];
    for (int i = 0; i < count; i++) {
      random.nextBytes(pixels);
      samples.add(pixels, 0, random.nextInt(CLASSES));
    }
    return samples;
  }

  /** Samples a second over so many seconds. */
  double measure(double seconds) {
    long samples = 0;
    long start = System.nanoTime();
    while (System.nanoTime() - start < seconds * 1e9) {
      samples += trainer.next().samples();
    }
    return samples / ((System.nanoTime() - start) / 1e9);
  }

  /** How weights and gradients travel, in words. */
  String exchange() {
    return descent.kind().toString();
  }

  /** Makes so many steps; the seconds that they take. */
  double steps(int count) {
    long start = System.nanoTime();
    for (int i = 0; i < count; i++) {
      trainer.next();
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** The weights at present. */
  float[] values() {
    return trainer.values();
  }

  int stepsPerEpoch() {
    return trainer.stepsPerEpoch();
  }

  @Override
  public void close() {
    descent.close();
    data.close();
  }
}
