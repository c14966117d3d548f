package dev.tributary.nn;

import dev.tributary.tensor.Shape;

/**
 * A mini-batch, or a part of one, on the heap: reused from step to step, so that filling it
 * allocates nothing.
 *
 * <p>features is (n, features), row-major, and labels (n); what lies beyond the first n samples is
 * left over and means nothing.
 */
public final class Batch {
  private final Shape shape;
  private float[] features = new float[0];
  private int[] labels = new int[0];
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
}
