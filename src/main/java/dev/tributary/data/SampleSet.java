package dev.tributary.data;

import dev.tributary.tensor.Shape;

/**
 * Samples to read, by number, wherever they are: in memory or in a mapped file. Any number of
 * threads may read at once.
 */
public interface SampleSet {
  /** What a sample holds. */
  Schema schema();

  /** One sample's shape. */
  default Shape shape() {
    return schema().shape();
  }

  /** Samples held. */
  int count();

  /** Whether reading one waits for no disk. */
  default boolean isInMemory() {
    return true;
  }

  /** The class of sample i; {@link Samples#UNLABELLED} if it has none. */
  int label(int i);

  /** Writes sample i's features to {@code features[to…]}, zeros included. */
  void write(int i, float[] features, int to);

  /** Writes what should be predicted for sample i to {@code targets[to…]}. */
  void writeTargets(int i, float[] targets, int to);

  /** Number j of those that should be predicted for sample i. */
  float target(int i, int j);

  /** The weight of sample i; 1 if samples have none. */
  float weight(int i);
}
