package dev.tributary.bench;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.digits.Digits;
import dev.tributary.job.Job;
import dev.tributary.job.JobParser;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.ShardedData;
import dev.tributary.tensor.Shape;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A network of one affine layer with a chosen number of weights, whose step computes little: what
 * is measured with it is how weights and gradients travel.
 */
final class BenchJob {
  private static final int INPUTS = Digits.WIDTH * Digits.HEIGHT;

  /** A few a shard. */
  static final int BATCH = 16;

  private static final int SAMPLES = 1024;

  private BenchJob() {}

  /** The job with about so many weights. */
  static Job of(int weights, int shards, String exchange, int fanIn, String wire) {
    long outputs = Math.max(10, Math.round((double) weights / (INPUTS + 1)));
    String text =
        String.format(
            Locale.ROOT,
            """
            data.digits { train = 10, test = 0 }
            network { input = [%d], layers = [{ type = affine, outputs = %d }] }
            train {
              optimizer { type = sgd, rate = 1e-4, momentum = 0.9 }
              epochs = 1000000, batch = %d, shards = %d, exchange = %s, fan_in = %d
              wire = %s
            }
            """,
            INPUTS,
            outputs,
            Math.max(BATCH, shards),
            shards,
            exchange,
            fanIn,
            wire);
    return JobParser.parse(text, "bench", "bench", Map.of());
  }

  /** Digits in so many shards and partitions. */
  static ShardedData data(JavaSparkContext spark, Job job, int partitions) {
    Samples samples = new Samples(new Schema(Shape.flat(INPUTS), true, 0, false), 0);
    Digits digits = new Digits(1, Digits.Part.TRAIN);
    byte[] pixels = new byte[INPUTS];
    for (int i = 0; i < SAMPLES; i++) {
      digits.draw(i, pixels, 0);
      samples.add(pixels, 0, digits.label(i));
    }
    return ShardedData.of(
        spark,
        new MemorySource(samples, SAMPLES / partitions),
        job.training().shards(),
        partitions,
        job.training().seed());
  }
}
