package dev.tributary.spark;

import dev.tributary.data.SampleSet;
import dev.tributary.data.Shard;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Objective;
import dev.tributary.train.Predictor;
import dev.tributary.train.metrics.Classification;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/** Which samples of classes a model has right, one by one, in the order of the shards. */
public final class ModelComparison {
  private ModelComparison() {}

  /** For each sample whether the model finds its class. */
  public static boolean[] right(
      JavaSparkContext spark, ShardedData data, Objective objective, float[] weights) {
    Broadcast<FloatBlock> sent = spark.broadcast(new FloatBlock(weights));
    try {
      List<Tuple2<Integer, boolean[]>> parts =
          Failures.ofData(
              () ->
                  new ArrayList<>(
                      data.shards()
                          .mapPartitions(s -> judge(s, objective, sent.value().values()))
                          .collect()));
      parts.sort((a, b) -> Integer.compare(a._1(), b._1()));
      boolean[] all = new boolean[Math.toIntExact(data.samples())];
      int at = 0;
      for (Tuple2<Integer, boolean[]> part : parts) {
        System.arraycopy(part._2(), 0, all, at, part._2().length);
        at += part._2().length;
      }
      return all;
    } finally {
      sent.destroy();
    }
  }

  private static Iterator<Tuple2<Integer, boolean[]>> judge(
      Iterator<Shard> shards, Objective objective, float[] weights) {
    List<Tuple2<Integer, boolean[]>> judged = new ArrayList<>();
    try (Predictor predictor = new Predictor(objective, weights)) {
      while (shards.hasNext()) {
        Shard shard = shards.next();
        SampleSet samples = shard.samples();
        boolean[] right = new boolean[samples.count()];
        int[] classes = classes(predictor, objective, samples);
        for (int i = 0; i < right.length; i++) {
          right[i] = classes[i] == samples.label(i);
        }
        judged.add(new Tuple2<>(shard.index(), right));
      }
    }
    return judged.iterator();
  }

  /** The class that the model takes each sample for. */
  static int[] classes(Predictor predictor, Objective objective, SampleSet samples) {
    int outputs = objective.network().output().size();
    int[] classes = new int[samples.count()];
    for (int from = 0; from < classes.length; from += Predictor.BATCH) {
      int n = Math.min(Predictor.BATCH, classes.length - from);
      float[] y = predictor.predict(samples, from, n);
      for (int i = 0; i < n; i++) {
        classes[from + i] = Classification.decide(y, i * outputs, outputs, 0.5f);
      }
    }
    return classes;
  }
}
