package dev.tributary.spark.pack;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.AccumulatorV2;

/**
 * On which executor each partition's files are, as Spark's scheduler writes it; the latest counts.
 */
final class Places extends AccumulatorV2<Integer, Map<Integer, String>> {
  private static final long serialVersionUID = 1L;

  private final TreeMap<Integer, String> places = new TreeMap<>();

  @Override
  public boolean isZero() {
    return places.isEmpty();
  }

  @Override
  public AccumulatorV2<Integer, Map<Integer, String>> copy() {
    Places copy = new Places();
    copy.places.putAll(places);
    return copy;
  }

  @Override
  public void reset() {
    places.clear();
  }

  /** Says that a partition's files are on this executor. */
  @Override
  public void add(Integer partition) {
    SparkEnv here = SparkEnv.get();
    String host = here.blockManager().blockManagerId().host();
    places.put(partition, "executor_" + host + "_" + here.executorId());
  }

  @Override
  public void merge(AccumulatorV2<Integer, Map<Integer, String>> other) {
    places.putAll(((Places) other).places);
  }

  @Override
  public Map<Integer, String> value() {
    return places;
  }
}
