package dev.tributary.spark.pack;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * What each partition has read so far. One that is read again says the same again and is counted
 * once. Executors tell it with their heartbeats too, so it is safe to look at while tasks run.
 */
final class Counts extends AccumulatorV2<Counts.Part, Counts.Part> {
  private static final long serialVersionUID = 1L;

  /**
   * A partition's, or all.
   *
   * @param partition its number
   * @param rows read
   * @param bytes of them as they are kept
   * @param mostLabel the highest label; −1 if there are none
   */
  record Part(int partition, long rows, long bytes, int mostLabel) implements java.io.Serializable {
    Part plus(Part other) {
      return new Part(
          -1, rows + other.rows, bytes + other.bytes, Math.max(mostLabel, other.mostLabel));
    }

    Part orLater(Part other) {
      return rows >= other.rows ? this : other;
    }
  }

  private final ConcurrentHashMap<Integer, Part> parts = new ConcurrentHashMap<>();

  @Override
  public boolean isZero() {
    return parts.isEmpty();
  }

  @Override
  public AccumulatorV2<Part, Part> copy() {
    Counts copy = new Counts();
    copy.parts.putAll(parts);
    return copy;
  }

  @Override
  public void reset() {
    parts.clear();
  }

  @Override
  public void add(Part part) {
    parts.merge(part.partition(), part, Part::orLater);
  }

  @Override
  public void merge(AccumulatorV2<Part, Part> other) {
    merge(((Counts) other).parts);
  }

  private void merge(Map<Integer, Part> others) {
    others.forEach((partition, part) -> parts.merge(partition, part, Part::orLater));
  }

  @Override
  public Part value() {
    return parts.values().stream().reduce(new Part(-1, 0, 0, -1), Part::plus);
  }
}
