package dev.tributary.train;

import dev.tributary.tensor.BFloat16;

/** Weights as those get them who compute with them: rounded as the wire rounds, sent or not. */
public final class SentWeights {
  private final int rounded;
  private float[] copy = new float[0];

  /**
   * Of a network's values.
   *
   * @param rounded how many of the first are rounded to bfloat16
   */
  public SentWeights(int rounded) {
    this.rounded = rounded;
  }

  /** The values themselves if none is rounded; else a copy, which is good until the next call. */
  public float[] of(float[] values) {
    if (rounded == 0) {
      return values;
    }
    if (copy.length != values.length) {
      copy = new float[values.length];
    }
    System.arraycopy(values, 0, copy, 0, values.length);
    BFloat16.round(copy, 0, rounded);
    return copy;
  }
}
