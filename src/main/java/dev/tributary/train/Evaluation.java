package dev.tributary.train;

import java.io.Serializable;

/**
 * How a model does on labelled data, as sums over samples.
 *
 * @param samples how many
 * @param weight their weights, summed; their number, if none has a weight
 * @param lossSum their loss
 * @param correct how many have their label as their largest output
 */
public record Evaluation(long samples, double weight, double lossSum, long correct)
    implements Serializable {
  /** Over no samples. */
  public static final Evaluation NONE = new Evaluation(0, 0, 0, 0);

  /** The sum of two. Shards are added in the order of their numbers, so that the loss is exact. */
  public Evaluation plus(Evaluation other) {
    return new Evaluation(
        samples + other.samples,
        weight + other.weight,
        lossSum + other.lossSum,
        correct + other.correct);
  }

  /** The mean loss. */
  public double loss() {
    return lossSum / weight;
  }

  /** The share of samples whose largest output is their label. */
  public double accuracy() {
    return (double) correct / samples;
  }
}
