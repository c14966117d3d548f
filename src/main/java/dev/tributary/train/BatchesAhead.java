package dev.tributary.train;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.nn.Batch;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The next step's batches, made in threads of their own where making them takes long: those of
 * samples in mapped files while this step is computed, as a disk takes its time and no processor's;
 * those that are augmented while this step's sums are on their way, when processors rest. It holds
 * one or two parts of a mini-batch for each shard.
 *
 * <p>What is not there yet, or was made for another step, is made by who needs it: to the same
 * bytes, as a batch is a function of (step, shard).
 */
public final class BatchesAhead {
  private static final long REST_SECONDS = 5;

  private record Part(int shard, Step step) {}

  private final Objective objective;
  private final ConcurrentMap<Part, FutureTask<Batch>> begun = new ConcurrentHashMap<>();
  private final Queue<BatchMaker> makers = new ConcurrentLinkedQueue<>();
  private final Queue<Batch> free = new ConcurrentLinkedQueue<>();
  private final ThreadPoolExecutor threads;

  /** Nothing is made yet; threads that have nothing to do end. */
  public BatchesAhead(Objective objective) {
    this.objective = objective;
    int most = Runtime.getRuntime().availableProcessors();
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            REST_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "tributary-batches-ahead");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** A step's computation begins: begins the next one's batches if a disk has to give them. */
  void beginWhileComputing(List<Shard> shards, Step step) {
    if (!isInMemory(shards)) {
      begin(shards, step);
    }
  }

  /** A step's sum is made: begins the next one's batches if that takes long. */
  void beginWhileExchanging(List<Shard> shards, Step step) {
    if (isInMemory(shards) && !objective.augmentation().isNone()) {
      begin(shards, step);
    }
  }

  private static boolean isInMemory(List<Shard> shards) {
    return shards.stream().allMatch(shard -> shard.samples().isInMemory());
  }

  private void begin(List<Shard> shards, Step step) {
    Step following = Step.of(step.number() + 1, step.count());
    // What nobody came for.
    begun.keySet().removeIf(part -> !part.step().equals(step) && !part.step().equals(following));
    for (Shard shard : shards) {
      if (shard.part(following) == 0) {
        continue;
      }
      FutureTask<Batch> batch = new FutureTask<>(() -> make(shard, following));
      begun.put(new Part(shard.index(), following), batch);
      threads.execute(batch);
    }
  }

  private Batch make(Shard shard, Step step) {
    BatchMaker maker = makers.poll();
    Batch batch = free.poll();
    maker = maker == null ? new BatchMaker(objective) : maker;
    batch = batch == null ? new Batch(objective.network().input()) : batch;
    maker.make(batch, shard, step);
    makers.add(maker);
    return batch;
  }

  /** A shard's batch, the caller's until it gives it back; null if nobody has begun it. */
  @Nullable Batch take(Shard shard, Step step) {
    FutureTask<Batch> batch = begun.remove(new Part(shard.index(), step));
    if (batch == null) {
      return null;
    }
    // If no thread has come to it, this one makes it now.
    batch.run();
    try {
      return batch.get();
    } catch (ExecutionException e) {
      // Whoever makes it again fails in the same way, and can say of what.
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  void giveBack(Batch batch) {
    free.add(batch);
  }
}
