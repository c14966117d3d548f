package dev.tributary.spark;

import dev.tributary.train.Objective;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;

/**
 * How far the new data has moved from the older, as one model sees both.
 *
 * @param before how the older data is distributed; null if there is none
 * @param now how the new data is
 */
public record Drift(@Nullable Distributions before, Distributions now) {
  /** Of counted data, predicted by a model. */
  public static Drift of(
      JavaSparkContext spark, RetrainingData data, Objective objective, float[] weights) {
    SampleSource old = data.old();
    Binning bins =
        old == null
            ? Binning.of(spark, data.fresh(), data.freshCount())
            : Binning.of(spark, old, data.oldCount());
    return new Drift(
        old == null ? null : Distributions.of(spark, old, objective, weights, bins),
        Distributions.of(spark, data.fresh(), objective, weights, bins));
  }

  /** The stability indices in short; empty if there is no older data. */
  public Map<String, Object> summary() {
    Map<String, Object> map = new LinkedHashMap<>();
    if (before != null) {
      double[] features = before.featuresTo(now);
      map.put("features_max_psi", Arrays.stream(features).max().orElse(0));
      map.put("features_mean_psi", Arrays.stream(features).average().orElse(0));
      map.put("labels_psi", Arrays.stream(before.answersTo(now)).max().orElse(0));
      map.put("predictions_psi", Arrays.stream(before.predictionsTo(now)).max().orElse(0));
    }
    return map;
  }
}
