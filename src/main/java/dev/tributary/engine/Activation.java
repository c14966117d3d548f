package dev.tributary.engine;

/** The activations an engine computes value by value. */
public enum Activation {
  /** {@code 1 / (1 + exp(−x))}; derivative {@code y (1 − y)}. */
  SIGMOID,
  /** {@code tanh x}; derivative {@code 1 − y²}. */
  TANH,
  /** {@code max(0, x)}; derivative 1 above 0, and 0 at 0 and below. */
  RELU,
  /** {@code log(1 + exp x)}; derivative {@code 1 / (1 + exp(−x))}. */
  SOFTPLUS
}
