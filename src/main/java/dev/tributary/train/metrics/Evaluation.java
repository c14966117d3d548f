package dev.tributary.train.metrics;

import dev.tributary.nn.Batch;
import java.io.Serializable;
import java.util.Map;

/**
 * How predictions do on samples whose answers are known, as sums over samples: counts, which are
 * exact in any order, and sums of doubles, which are added in the order of the shards.
 */
public abstract class Evaluation implements Serializable {
  private static final long serialVersionUID = 1L;

  private long samples;
  private double weight;
  private double lossSum;

  Evaluation() {}

  /**
   * Counts a batch.
   *
   * @param batch the samples, with what should be predicted
   * @param outputs the network's outputs, (n, outputs)
   * @param probabilities the same as probabilities, where the loss says how
   * @param loss the batch's loss, summed
   * @param lossWeight what a mean divides it by
   */
  public final void count(
      Batch batch, float[] outputs, float[] probabilities, double loss, double lossWeight) {
    for (int i = 0; i < batch.n(); i++) {
      count(batch, i, outputs, probabilities);
    }
    samples += batch.n();
    weight += lossWeight;
    lossSum += loss;
  }

  /** Counts sample i of a batch. */
  abstract void count(Batch batch, int i, float[] outputs, float[] probabilities);

  /** Adds another evaluation, of the same task, behind this one. */
  public Evaluation add(Evaluation other) {
    samples += other.samples;
    weight += other.weight;
    lossSum += other.lossSum;
    return this;
  }

  /** How many samples. */
  public final long samples() {
    return samples;
  }

  /** The mean loss. */
  public final double loss() {
    return lossSum / weight;
  }

  /**
   * All metrics by name, the one that people ask for first at the head; NaN where the samples do
   * not tell.
   */
  public abstract Map<String, Double> metrics();

  /** The metrics that tell most in a line. */
  public abstract Map<String, Double> headline();

  @Override
  public String toString() {
    return samples + " samples, " + metrics();
  }
}
