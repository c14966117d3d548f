package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.data.prepare.Moments;
import dev.tributary.data.prepare.Preparation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Fits a preparation to the training samples: most often one job, in which each partition counts
 * its shards' values where they are and gives back a few numbers a column.
 */
final class SparkPreparation {
  private SparkPreparation() {}

  /**
   * The preparation with all that it needs to know of the training samples.
   *
   * @throws dev.tributary.data.DataException if they do not tell
   */
  static Preparation fit(Preparation preparation, ShardedData train) {
    Preparation fitted = preparation;
    while (!fitted.isFitted()) {
      Preparation known = fitted.known();
      Moments kept = known.isNone() ? train.statistics() : null;
      fitted = fitted.fit(kept == null ? moments(known, train) : kept);
    }
    return fitted;
  }

  /** Along the same tree as gradients, and so the same bytes in any partitioning. */
  private static Moments moments(Preparation before, ShardedData train) {
    List<Moments> nodes =
        Failures.ofData(() -> train.shards().mapPartitions(new Count(before)).collect());
    return Moments.join(nodes);
  }

  /** The node above a partition's shards. */
  private static final class Count implements FlatMapFunction<Iterator<Shard>, Moments> {
    private static final long serialVersionUID = 1L;

    private final Preparation before;

    Count(Preparation before) {
      this.before = before;
    }

    @Override
    public Iterator<Moments> call(Iterator<Shard> partition) {
      List<Shard> shards = new ArrayList<>();
      partition.forEachRemaining(shards::add);
      return List.of(Moments.of(shards, before)).iterator();
    }
  }
}
