package dev.tributary.spark;

import dev.tributary.data.BadRows;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * The bad rows of each partition. A partition that is read again, after a lost executor or for
 * another part of the data, says the same again and is counted once.
 */
public final class BadRowsAccumulator extends AccumulatorV2<BadRowsAccumulator.Part, BadRows> {
  private static final long serialVersionUID = 1L;

  /** One partition's rows. */
  public record Part(int partition, BadRows rows) {}

  private final TreeMap<Integer, BadRows> parts = new TreeMap<>();

  @Override
  public boolean isZero() {
    return parts.isEmpty();
  }

  @Override
  public AccumulatorV2<Part, BadRows> copy() {
    BadRowsAccumulator copy = new BadRowsAccumulator();
    copy.parts.putAll(parts);
    return copy;
  }

  @Override
  public void reset() {
    parts.clear();
  }

  @Override
  public void add(Part part) {
    parts.put(part.partition(), part.rows());
  }

  @Override
  public void merge(AccumulatorV2<Part, BadRows> other) {
    parts.putAll(((BadRowsAccumulator) other).parts);
  }

  @Override
  public BadRows value() {
    BadRows all = new BadRows();
    parts.values().forEach(all::add);
    return all;
  }
}
