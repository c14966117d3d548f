package dev.tributary.spark;

import dev.tributary.data.Shard;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Evaluation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Evaluates a model on sharded data: the same bytes in any partitioning, as shards are added in
 * order.
 */
public final class SparkEvaluation {
  private final JavaSparkContext spark;
  private final Objective objective;
  private final ShardedData data;

  /** Of the objective's network, on this data. */
  public SparkEvaluation(JavaSparkContext spark, Objective objective, ShardedData data) {
    this.spark = spark;
    this.objective = objective;
    this.data = data;
  }

  /** How the network does with these weights. */
  public Evaluation evaluate(float[] weights) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      return Failures.ofData(() -> evaluate(sent));
    } finally {
      sent.destroy();
    }
  }

  private Evaluation evaluate(Broadcast<FloatBlock> weights) {
    Objective what = objective;
    int outputs = what.network().output().size();
    Evaluation start = Predictor.task(what, data.schema()).start(what.loss(), outputs);
    return data
        .shards()
        .mapPartitions(shards -> evaluate(shards, what, weights.value().values()))
        .collect()
        .stream()
        .sorted(Comparator.comparing(Tuple2::_1))
        .map(Tuple2::_2)
        .reduce(start, Evaluation::add);
  }

  private static Iterator<Tuple2<Integer, Evaluation>> evaluate(
      Iterator<Shard> shards, Objective objective, float[] weights) {
    List<Tuple2<Integer, Evaluation>> results = new ArrayList<>();
    try (Predictor predictor = new Predictor(objective, weights)) {
      shards.forEachRemaining(s -> results.add(new Tuple2<>(s.index(), predictor.evaluate(s))));
    }
    return results.iterator();
  }
}
