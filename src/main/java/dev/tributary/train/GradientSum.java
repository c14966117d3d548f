package dev.tributary.train;

import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.tensor.Ranges;
import java.io.Serializable;

/**
 * A gradient and a loss summed over some samples: what a step adds up, and divides once.
 *
 * <p>Sums are added along a fixed tree (see {@link ShardGradients}), a sum over no samples being
 * left out, so the bytes do not depend on who adds. The gradient by the weights may be kept as
 * bfloat16, and is then rounded after each addition (see {@link dev.tributary.tensor.Wire}).
 */
public final class GradientSum implements Serializable {
  private static final long serialVersionUID = 1L;

  private final FloatBlock gradient;
  private double loss;
  private double weight;
  private long samples;

  /** A sum over no samples yet, for this many weights. */
  public GradientSum(int weights) {
    this(weights, 0);
  }

  /**
   * A sum over no samples yet.
   *
   * @param values weights and state
   * @param rounded how many of the first are kept, and sent, as bfloat16
   */
  public GradientSum(int values, int rounded) {
    this.gradient = new FloatBlock(new float[values], rounded);
  }

  /**
   * The gradient by the flat weights, and behind it what the state should be, summed over the
   * samples; this sum's own memory.
   */
  public float[] gradient() {
    return gradient.values();
  }

  /** The loss, summed over the samples. */
  public double loss() {
    return loss;
  }

  /** The samples' weights, summed: what a mean divides by; their number, if none has a weight. */
  public double weight() {
    return weight;
  }

  /** How many samples. */
  public long samples() {
    return samples;
  }

  /** Adds another sum to this one: the node of the tree above the two. */
  public void add(GradientSum other) {
    add(other, Ranges.ONE);
  }

  private void add(GradientSum other, Ranges ranges) {
    if (other.samples == 0) {
      return;
    }
    float[] mine = gradient.values();
    float[] theirs = other.gradient.values();
    int rounded = gradient.rounded();
    if (samples == 0) {
      System.arraycopy(theirs, 0, mine, 0, mine.length);
    } else {
      ranges.all(
          0,
          rounded,
          (from, to) -> {
            BFloat16.add(mine, from, theirs, from, to - from);
            return true;
          });
      ranges.all(
          rounded,
          mine.length,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              mine[i] += theirs[i];
            }
            return true;
          });
    }
    addScalars(other.loss, other.weight, other.samples);
  }

  /** A sum without a gradient. */
  public static GradientSum ofScalars(double loss, double weight, long samples) {
    GradientSum sum = new GradientSum(0);
    sum.addScalars(loss, weight, samples);
    return sum;
  }

  /** Its loss, weight and number of samples alone. */
  public GradientSum scalars() {
    return ofScalars(loss, weight, samples);
  }

  /** Adds a power of two of sums, in order, pairs first; the result is the first's memory. */
  public static GradientSum fold(GradientSum[] sums) {
    return fold(sums, Ranges.ONE);
  }

  /** The same by several threads. */
  public static GradientSum fold(GradientSum[] sums, Ranges ranges) {
    for (int distance = 1; distance < sums.length; distance *= 2) {
      for (int i = 0; i < sums.length; i += 2 * distance) {
        sums[i].add(sums[i + distance], ranges);
      }
    }
    return sums[0];
  }

  /** Rounds a gradient that the caller has put there, as a leaf of the tree is. */
  void round() {
    BFloat16.round(gradient.values(), 0, gradient.rounded());
  }

  /** Adds a loss, a weight and a count, the gradient having been added by the caller. */
  void addScalars(double addedLoss, double addedWeight, long addedSamples) {
    loss += addedLoss;
    weight += addedWeight;
    samples += addedSamples;
  }

  /** Makes it a sum over no samples again; what the gradient holds is then left over. */
  void clear() {
    loss = 0;
    weight = 0;
    samples = 0;
  }
}
