package dev.tributary.data.prepare;

import dev.tributary.tensor.Shape;
import java.io.Serializable;
import java.util.Map;

/**
 * One change to features, the same for every sample. What it must know of the data, it is told by
 * the job or finds in the training samples; then it is fitted. It holds no buffers: one instance
 * serves any number of threads.
 */
public interface Transformation extends Serializable {
  /** What it changes. */
  Columns columns();

  /** Whether it knows all that it needs. */
  default boolean isFitted() {
    return true;
  }

  /**
   * The same, knowing the training samples.
   *
   * @param moments of what it will read
   * @throws dev.tributary.data.DataException if they do not tell
   */
  default Transformation fit(Moments moments) {
    return this;
  }

  /** The shape of what it makes of one sample. */
  default Shape output() {
    return columns().shape();
  }

  /**
   * Changes n samples in place: (n, inputs) becomes (n, outputs), so there must be room for the
   * larger.
   *
   * @throws dev.tributary.data.DataException for a value that cannot be
   */
  void apply(float[] features, int n);

  /** In words, for {@code inspect}. */
  String describe();

  /** Type, keys and values as a job file says them. */
  Map<String, Object> toMap();
}
