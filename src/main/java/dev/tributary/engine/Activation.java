package dev.tributary.engine;

import java.io.Serializable;

/**
 * An activation, computed value by value.
 *
 * @param kind which one
 * @param alpha the number that some kinds have
 */
public record Activation(Kind kind, float alpha) implements Serializable {
  /** What is computed. */
  public enum Kind {
    /** {@code 1 / (1 + exp(−x))}; derivative {@code y (1 − y)}. */
    SIGMOID,
    /** {@code tanh x}; derivative {@code 1 − y²}. */
    TANH,
    /** {@code max(0, x)}; derivative 1 above 0, and 0 at 0 and below. */
    RELU,
    /** {@code log(1 + exp x)}; derivative {@code 1 / (1 + exp(−x))}. */
    SOFTPLUS,
    /** x above 0, else {@code alpha x} (Maas, Hannun, Ng: "Rectifier nonlinearities", 2013). */
    LEAKY_RELU,
    /**
     * x above 0, else {@code alpha (exp x − 1)} (Clevert, Unterthiner, Hochreiter: "Fast and
     * accurate deep network learning by exponential linear units", 2016).
     */
    ELU,
    /**
     * {@code λ x} above 0, else {@code λ α (exp x − 1)}, with the λ and α that keep mean 0 and
     * variance 1 (Klambauer, Unterthiner, Mayr, Hochreiter: "Self-normalizing neural networks",
     * 2017).
     */
    SELU,
    /**
     * {@code x Φ(x)}, Φ the normal distribution (Hendrycks, Gimpel: "GELUs", 2016), not its tanh
     * form.
     */
    GELU,
    /** {@code x σ(x)} (Elfwing, Uchibe, Doya: "Sigmoid-weighted linear units", 2018). */
    SILU
  }

  /** SELU's λ: its slope above 0. */
  public static final double SELU_SCALE = 1.0507009873554805;

  /** SELU's α. */
  public static final double SELU_ALPHA = 1.6732632423543772;

  /** See {@link Kind#SIGMOID}. */
  public static final Activation SIGMOID = new Activation(Kind.SIGMOID, 0f);

  /** See {@link Kind#TANH}. */
  public static final Activation TANH = new Activation(Kind.TANH, 0f);

  /** See {@link Kind#RELU}. */
  public static final Activation RELU = new Activation(Kind.RELU, 0f);

  /** See {@link Kind#SOFTPLUS}. */
  public static final Activation SOFTPLUS = new Activation(Kind.SOFTPLUS, 0f);

  /** Checks the kinds that have a number. */
  public Activation {
    boolean usesAlpha = kind == Kind.LEAKY_RELU || kind == Kind.ELU;
    if (usesAlpha && !(alpha >= 0 && alpha < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("alpha must be at least 0 and finite, not " + alpha);
    }
  }

  /** Whether y has x's sign and the derivative follows from it, so that x need not be kept. */
  public boolean keepsSign() {
    return kind == Kind.RELU || kind == Kind.LEAKY_RELU;
  }
}
