package dev.tributary.cli;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.job.Job;
import dev.tributary.nn.Network;
import dev.tributary.spark.ExchangeKind;
import dev.tributary.spark.Partitions;
import dev.tributary.train.Objective;
import dev.tributary.train.ShardGradients;
import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a step will take: its computation, measured here on samples of the network's shape, and the
 * exchange, by a model.
 */
final class StepEstimate {
  /** 10 Gbit/s. */
  private static final double BANDWIDTH = 1.25e9;

  private static final int[] EXECUTORS = {1, 2, 4, 8, 16, 64};
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  private static final int MOST_RUNS = 200;

  private StepEstimate() {}

  /** A table of numbers of executors, and what follows from it. */
  static List<String> of(Job job) {
    Job.Training how = job.training();
    double part = milliseconds(job);
    int cores = Runtime.getRuntime().availableProcessors();
    int batch = how.plan().batch();
    Network network = job.model().network();
    long values = network.valueCount();
    long bytes = how.wire().bytes(network.parameterCount(), values - network.parameterCount());
    boolean isByPart = how.plan().optimizer().isByPart();
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "a step, estimated: %s for a shard's part as measured here, executors of %d cores, a network"
                + " of 10 Gbit/s",
            words(part),
            cores));
    lines.add(row("executors", "tasks", "compute", "exchange", "", "step", "samples/s"));
    double here = Double.NaN;
    int best = 1;
    double bestStep = Double.MAX_VALUE;
    for (int executors : EXECUTORS) {
      int tasks =
          how.partitions() > 0
              ? how.partitions()
              : Partitions.best(how.shards(), executors * cores);
      long rounds = (tasks + (long) executors * cores - 1) / ((long) executors * cores);
      double compute = (double) (rounds * how.shards()) / tasks * part;
      ExchangeKind kind = ExchangeKind.of(how.exchange(), executors == 1, isByPart);
      double exchange = kind.milliseconds(bytes, executors, tasks, how.fanIn(), BANDWIDTH);
      double step = compute + exchange;
      if (executors == 1) {
        here = step;
      }
      if (step < bestStep) {
        best = executors;
        bestStep = step;
      }
      lines.add(
          row(
              executors == 1 ? "1, local" : "" + executors,
              "" + tasks,
              words(compute),
              words(exchange),
              kind.over(how.wire()),
              words(step),
              String.format(Locale.ROOT, "%,.0f", batch / step * 1e3)));
    }
    lines.add(advice(best, here, bestStep));
    return lines;
  }

  private static String advice(int best, double here, double bestStep) {
    if (best == 1) {
      return "one machine is the fastest: a cluster's exchange costs more than it saves; use --master"
          + " 'local[*]', or larger mini-batches (train.batch)";
    }
    return String.format(
        Locale.ROOT,
        "%d executors are the fastest of these, at %.1f times one machine's speed",
        best,
        here / bestStep);
  }

  private static String row(
      String executors,
      String tasks,
      String compute,
      String exchange,
      String kind,
      String step,
      String speed) {
    return String.format(
            "  %9s %6s %11s %11s %-18s %11s %11s",
            executors, tasks, compute, exchange, kind, step, speed)
        .stripTrailing();
  }

  private static String words(double milliseconds) {
    return milliseconds < 10
        ? String.format(Locale.ROOT, "%.1f ms", milliseconds)
        : String.format(Locale.ROOT, "%,.0f ms", milliseconds);
  }

  /** The median time of one shard's part of a step. */
  private static double milliseconds(Job job) {
    int part = Math.max(1, job.training().plan().batch() / job.training().shards());
    Network network = job.model().network();
    Objective objective =
        job.objective()
            .preparedBy(Preparation.none(network.input()))
            .augmentedBy(Augmentation.NONE);
    Shard shard = shard(objective, part);
    float[] weights = network.initialValues(job.training().seed());
    Step step = new Step(0, 0, 0, 1);
    List<Double> times = new ArrayList<>();
    try (ShardGradients gradients = new ShardGradients(objective)) {
      gradients.sum(weights, List.of(shard), step);
      long until = System.nanoTime() + PATIENCE_NANOS;
      for (int i = 0; i < MOST_RUNS && (i == 0 || System.nanoTime() < until); i++) {
        long begin = System.nanoTime();
        gradients.sum(weights, List.of(shard), new Step(i + 1, i + 1, 0, 1));
        times.add((System.nanoTime() - begin) / 1e6);
      }
    }
    // The first half warms the compiler up.
    double[] sorted = times.stream().skip(times.size() / 2).mapToDouble(t -> t).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  /** Samples of zeros and ones, which even categories may be. */
  private static Shard shard(Objective objective, int count) {
    Network network = objective.network();
    int outputs = network.output().size();
    boolean isOfClasses = Task.of(objective.loss(), outputs, outputs) == Task.CLASSES;
    Schema schema = new Schema(network.input(), false, isOfClasses ? 0 : outputs, false);
    Samples samples = new Samples(schema, count);
    Random random = new Random(1);
    float[] features = new float[schema.shape().size()];
    float[] targets = new float[schema.targets()];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < features.length; j++) {
        features[j] = random.nextInt(2);
      }
      Arrays.fill(targets, random.nextInt(2));
      if (isOfClasses) {
        samples.add(features, random.nextInt(Math.max(2, outputs)));
      } else {
        samples.add(features, targets, 1);
      }
    }
    return Shard.of(0, 1, 1, List.of(samples));
  }
}
