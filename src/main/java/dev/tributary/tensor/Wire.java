package dev.tributary.tensor;

import java.util.Locale;

/**
 * What weights on their way out, and gradients on their way in, are rounded to. Running statistics,
 * losses and counts never are.
 *
 * <p>What crosses a wire depends on how many executors there are, and the result must not: so with
 * {@link #BF16} every node of the tree of sums is rounded, leaves included, after its addition in
 * float32, and all compute with rounded weights, wherever they are. Who owns weights, and moves
 * them, keeps them in float32.
 */
public enum Wire {
  /** Nothing is rounded. */
  F32(Float.BYTES),
  /** To bfloat16, to nearest: half the bytes. */
  BF16(BFloat16.BYTES);

  private final int bytes;

  Wire(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a value. */
  public int bytes() {
    return bytes;
  }

  /** Bytes of so many weights and the running statistics behind them. */
  public long bytes(long weights, long statistics) {
    return bytes * weights + Float.BYTES * statistics;
  }

  /** How many of a network's values, the first ones, are rounded: its weights, or none. */
  public int rounded(int weights) {
    return this == BF16 ? weights : 0;
  }

  /** The name a job file knows: {@code bf16}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
