package dev.tributary.engine;

import java.util.Locale;

/** What the products of affine layers and convolutions are made of. All else is float32. */
public enum Precision {
  /** Of float32. */
  F32,
  /**
   * Of bfloat16 (float32 with 8 bits of significand, rounded to nearest), added up in float32: both
   * factors are rounded, the result is not.
   */
  BF16;

  /** The name a job file knows: {@code f32}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
