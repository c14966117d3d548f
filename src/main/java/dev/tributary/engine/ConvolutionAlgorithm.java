package dev.tributary.engine;

/** How a convolution is computed: the same sums, in another order. */
public enum ConvolutionAlgorithm {
  /** The engine's choice, by the convolution's sizes. */
  AUTO,
  /** As a product of matrices, the patches under the kernel being rows of one. */
  IM2COL,
  /** As a product in the frequency domain. */
  FFT
}
