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
      fitted = fitted.fit(moments(fitted.known(), train));
    }
    return fitted;
  }

  /** Along the same tree as gradients, and so the same bytes in any partitioning. */
  private static Moments moments(Preparation before, ShardedData train) {
    List<Moments> nodes =
        Failures.ofData(() -> train.shards().mapPartitions(new Count(before)).collect());
    List<Moments> level = new ArrayList<>(nodes);
    while (level.size() > 1) {
      List<Moments> above = new ArrayList<>();
      for (int i = 0; i < level.size(); i += 2) {
        above.add(level.get(i).join(level.get(i + 1)));
      }
      level = above;
    }
    return level.get(0);
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
