package dev.tributary.engine;

import java.util.Locale;

/**
 * What the products of affine layers and convolutions are made of, and what passes between layers.
 */
public enum Precision {
  /** Of float32. */
  F32,
  /**
   * Bfloat16: float32 with 8 bits of significand, rounded to nearest. Products of it are added up
   * in float32; the weights, their gradients, the network's output and its loss are float32.
   */
  BF16;

  /** The name a job file knows: {@code f32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
