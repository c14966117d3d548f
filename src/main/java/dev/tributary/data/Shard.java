package dev.tributary.data;

import dev.tributary.nn.Batch;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the S parts into which a data set is divided once, whatever the cluster: the unit of
 * exactness.
 *
 * <p>A sample's shard, and its place within, follow from its {@link ContentHash}. In step t of the
 * T of an epoch, shard s of n samples, permuted by (seed, epoch, s), gives those from {@code ⌊n t /
 * T + s / S⌋} up to, and without, {@code ⌊n (t + 1) / T + s / S⌋}: over the epoch each sample
 * exactly once, for any batch size. The share {@code s / S} staggers the shards: for shards of
 * equal length the sum of these floors over s is {@code ⌊S n t / T⌋} (Hermite's identity), so that
 * steps are as even as can be, where without it all shards would round down together.
 */
public final class Shard implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The most shards there may be; random layers key their streams by the shard's number. */
  public static final int MAX_SHARDS = 1 << 16;

  private final int index;
  private final int shards;
  private final long seed;
  private final long fingerprint;
  private final SampleSet samples;
  private transient volatile @Nullable EpochOrder order;

  private Shard(int index, int shards, long seed, long fingerprint, SampleSet samples) {
    this.index = index;
    this.shards = shards;
    this.seed = seed;
    this.fingerprint = fingerprint;
    this.samples = samples;
  }

  /**
   * The shard of samples that are in the order of their hashes already.
   *
   * @param fingerprint the hash of all of them, see {@link #fingerprint}
   */
  public static Shard ordered(
      int index, int shards, long seed, long fingerprint, SampleSet samples) {
    return new Shard(index, shards, seed, fingerprint, samples);
  }

  /**
   * Divides samples among shards, each part in the order they came.
   *
   * @param shards how many: a power of two
   * @return {@code shards} sets, some perhaps empty
   */
  public static Samples[] divide(Samples all, int shards, long seed) {
    Samples[] parts = new Samples[shards];
    for (int s = 0; s < shards; s++) {
      parts[s] = new Samples(all.schema(), all.count() / shards + 1);
    }
    ContentHasher hasher = new ContentHasher(all.schema());
    for (int i = 0; i < all.count(); i++) {
      parts[all.hash(i, seed, hasher).shard(shards)].add(all, i);
    }
    return parts;
  }

  /**
   * The shard made of these parts, whose samples all belong to it. The parts' order, and the order
   * within them, do not matter.
   *
   * @param index its number, from 0
   * @param shards how many shards there are
   */
  public static Shard of(int index, int shards, long seed, List<Samples> parts) {
    Samples all = parts.size() == 1 ? parts.get(0) : concatenate(parts);
    ContentHash[] hashes = new ContentHash[all.count()];
    Integer[] sorted = new Integer[all.count()];
    ContentHasher hasher = new ContentHasher(all.schema());
    for (int i = 0; i < sorted.length; i++) {
      hashes[i] = all.hash(i, seed, hasher);
      sorted[i] = i;
    }
    Arrays.sort(
        sorted,
        (a, b) -> {
          int byHash = hashes[a].compareTo(hashes[b]);
          return byHash != 0 ? byHash : all.compareContent(a, b);
        });
    Samples ordered = new Samples(all.schema(), all.count());
    Fingerprint fingerprint = new Fingerprint();
    for (int i : sorted) {
      ordered.add(all, i);
      fingerprint.add(hashes[i]);
    }
    return new Shard(index, shards, seed, fingerprint.of(index), ordered);
  }

  private static Samples concatenate(List<Samples> parts) {
    int count = parts.stream().mapToInt(Samples::count).reduce(0, Math::addExact);
    Samples all = new Samples(parts.get(0).schema(), count);
    for (Samples part : parts) {
      for (int i = 0; i < part.count(); i++) {
        all.add(part, i);
      }
    }
    return all;
  }

  /** Its number among the shards, from 0. */
  public int index() {
    return index;
  }

  /** A hash of all that it holds, and of its place among the shards. */
  public long fingerprint() {
    return fingerprint;
  }

  /** Its samples, in the order of their hashes. */
  public SampleSet samples() {
    return samples;
  }

  /** Samples it gives to a step. */
  public int part(Step step) {
    return (int) (end(step) - start(step));
  }

  private long start(Step step) {
    return boundary(step.index(), step.count());
  }

  private long end(Step step) {
    return boundary(step.index() + 1, step.count());
  }

  /** {@code ⌊n t / T + s / S⌋}, in whole numbers. */
  private long boundary(long t, long steps) {
    long whole = (long) samples.count() * t / steps;
    long rest = (long) samples.count() * t % steps;
    return rest * shards + index * steps >= steps * shards ? whole + 1 : whole;
  }

  /** The place, in {@link #samples}, of the i-th sample it gives to a step. */
  public int sample(Step step, int i) {
    return order().sampleAt(step.epoch(), (int) start(step) + i);
  }

  /** Fills a batch with the samples it gives to a step. */
  public void fill(Batch batch, Step step) {
    EpochOrder known = order();
    int from = (int) start(step);
    batch.resize(part(step));
    for (int i = 0; i < batch.n(); i++) {
      copy(known.sampleAt(step.epoch(), from + i), batch, i);
    }
  }

  /** Fills a batch with the samples {@code from … from + n − 1}, in the order of their hashes. */
  public void fill(Batch batch, int from, int n) {
    batch.resize(n);
    for (int i = 0; i < n; i++) {
      copy(from + i, batch, i);
    }
  }

  private void copy(int sample, Batch batch, int to) {
    samples.write(sample, batch.features(), to * samples.shape().size());
    batch.labels()[to] = samples.label(sample);
    int targets = samples.schema().targets();
    if (targets > 0) {
      samples.writeTargets(sample, batch.targets(targets), to * targets);
    }
    if (samples.schema().weighted()) {
      batch.weights()[to] = samples.weight(sample);
    }
  }

  /** Two threads may make one each: they are the same. */
  private EpochOrder order() {
    EpochOrder known = order;
    if (known == null) {
      int bytes = samples.schema().sparse() ? 0 : samples.schema().bytes();
      known = new EpochOrder(samples.count(), bytes, seed, index);
      order = known;
    }
    return known;
  }
}
