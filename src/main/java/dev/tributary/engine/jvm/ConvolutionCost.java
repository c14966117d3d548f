package dev.tributary.engine.jvm;

import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;

/** Which algorithm computes a convolution faster. */
final class ConvolutionCost {
  private ConvolutionCost() {}

  static ConvolutionAlgorithm choose(ConvolutionSize s) {
    return s.algorithm() == ConvolutionAlgorithm.AUTO ? ConvolutionAlgorithm.IM2COL : s.algorithm();
  }
}
