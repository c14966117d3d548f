package dev.tributary.spark.ml;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** The columns that a model adds to a row, from its outputs. */
interface ScoreColumns extends Serializable {
  /** How many. */
  int count();

  /**
   * Writes them for one sample of a batch.
   *
   * @param raw outputs as the network gives them, the sample's from {@code from} on
   * @param probabilities the same as probabilities, where the loss says how
   * @param row receives the values from {@code at} on
   */
  void write(float[] raw, float[] probabilities, int from, @Nullable Object[] row, int at);
}
