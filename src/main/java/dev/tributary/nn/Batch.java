package dev.tributary.nn;

import dev.tributary.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A mini-batch, or a part of one, on the heap: reused from step to step, so that filling it
 * allocates nothing.
 *
 * <p>features is (n, features), row-major. What should be predicted is a class for each sample,
 * labels (n), or else targets, (n, outputs). weights (n) are 1 unless given. What lies beyond the
 * first n samples is left over and means nothing.
 */
public final class Batch {
  private final Shape shape;
  private float[] features = new float[0];
  private int[] labels = new int[0];
  private float @Nullable [] targets;
  private float @Nullable [] weights;
  private int n;

  /** An empty batch of samples of this shape. */
  public Batch(Shape shape) {
    this.shape = shape;
  }

  /** Makes room for n samples, which are the caller's to fill. */
  public void resize(int samples) {
    n = samples;
    if (labels.length < samples) {
      labels = new int[samples];
      features = new float[Math.multiplyExact(samples, shape.size())];
    }
  }

  /** One sample's shape. */
  public Shape shape() {
    return shape;
  }

  /** Samples held. */
  public int n() {
    return n;
  }

  /** (n, features): the batch's own memory. */
  public float[] features() {
    return features;
  }

  /** (n): each sample's class, from 0; the batch's own memory. */
  public int[] labels() {
    return labels;
  }

  /**
   * (n, outputs): what should be predicted, in the place of labels from now on; the batch's own
   * memory.
   */
  public float[] targets(int outputs) {
    if (targets == null || targets.length < n * outputs) {
      targets = new float[Math.multiplyExact(labels.length, outputs)];
    }
    return targets;
  }

  /** (n): each sample's weight, to be given from now on; the batch's own memory. */
  public float[] weights() {
    if (weights == null || weights.length < n) {
      weights = new float[labels.length];
    }
    return weights;
  }

  /** Whether each sample has a class, and not targets. */
  public boolean hasLabels() {
    return targets == null;
  }

  /**
   * What output j of sample i should be: its target; else, for a label, 1 for the label's own
   * output and 0 for the others. A single output should be the label itself.
   */
  public float target(int i, int j, int outputs) {
    if (targets != null) {
      return targets[i * outputs + j];
    }
    if (outputs == 1) {
      return labels[i];
    }
    return labels[i] == j ? 1f : 0f;
  }

  /** The weight of sample i. */
  public float weight(int i) {
    return weights == null ? 1f : weights[i];
  }

  /** The sum of the samples' weights. */
  public double weight() {
    if (weights == null) {
      return n;
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += weights[i];
    }
    return sum;
  }
}
