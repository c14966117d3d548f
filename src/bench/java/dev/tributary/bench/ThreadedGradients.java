package dev.tributary.bench;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.tensor.Wire;
import dev.tributary.train.GradientSource;
import dev.tributary.train.GradientSum;
import dev.tributary.train.Objective;
import dev.tributary.train.SentWeights;
import dev.tributary.train.ShardGradients;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A step's computation without Spark: a thread for each partition. */
final class ThreadedGradients implements GradientSource {
  private final List<List<Shard>> partitions;
  private final List<ShardGradients> workers = new ArrayList<>();
  private final ExecutorService threads;
  private final Wire wire;
  private final SentWeights sent;

  ThreadedGradients(Objective objective, List<List<Shard>> partitions) {
    this.partitions = partitions;
    this.wire = objective.wire();
    this.sent = new SentWeights(objective.rounded());
    this.threads = Executors.newFixedThreadPool(partitions.size());
    partitions.forEach(p -> workers.add(new ShardGradients(objective)));
  }

  @Override
  public long samples() {
    return partitions.stream()
        .flatMap(List::stream)
        .mapToLong(shard -> shard.samples().count())
        .sum();
  }

  @Override
  public Wire wire() {
    return wire;
  }

  @Override
  public GradientSum gradient(float[] weights, Step step) {
    float[] values = sent.of(weights);
    List<Callable<GradientSum>> tasks = new ArrayList<>();
    for (int i = 0; i < partitions.size(); i++) {
      int at = i;
      tasks.add(() -> workers.get(at).sum(values, partitions.get(at), step));
    }
    try {
      List<GradientSum> sums = new ArrayList<>();
      for (Future<GradientSum> sum : threads.invokeAll(tasks)) {
        sums.add(sum.get());
      }
      return GradientSum.fold(sums.toArray(GradientSum[]::new));
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    workers.forEach(ShardGradients::close);
  }
}
