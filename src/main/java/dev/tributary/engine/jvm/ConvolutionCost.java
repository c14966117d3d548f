package dev.tributary.engine.jvm;

import dev.tributary.engine.ConvolutionAlgorithm;
import dev.tributary.engine.ConvolutionSize;

/**
 * Which algorithm computes a convolution faster, as a function of its sizes alone: not of how many
 * images there are, nor of any clock, so that every task of a step, wherever it runs, takes the
 * same.
 *
 * <p>Each is reckoned in nanoseconds for one image's forward pass and both gradients. By im2col
 * there are the flops of three products and the patches, copied three times, which for few channels
 * cost more than the products. In the frequency domain there are the transforms, three of each
 * channel's and filter's plane, and of every kernel's plane once in each call, which is taken to be
 * of {@value #IMAGES} images; and the products, at each frequency by itself.
 *
 * <p>The constants are from medians of both algorithms in turn, on one core with netlib's Vector
 * API, 8 images. im2col's time divided by the transforms', measured and as reckoned here:
 *
 * <pre>
 *   image      kernel  filters             measured  reckoned
 *   28x28x1    5x5     32                  0.35      0.27
 *   32x32x64   3x3     64                  0.34      0.36
 *   56x56x64   3x3     64                  0.44      0.42
 *   64x64x32   5x5     32                  1.3       1.2
 *   14x14x32   5x5     64                  1.4       1.2
 *   32x32x16   7x7     32                  2.0       2.1
 *   64x64x16   7x7     16                  2.9       2.8
 *   64x64x8    11x11   16                  5.6       5.3
 *   64x64x8    11x11   16, stride 2        1.6       1.3
 *   64x64x8    11x11   16, stride 4        0.32      0.33
 *   64x64x8    15x15   16                  10        10
 *   128x128x3  21x21   8                   21        15
 *   64x64x32   5x5     32, in 4 groups     2.2       1.6
 *   64x64x32   7x7     32, in 32 groups    5.5       2.3
 *   64x64x32   3x3     32, in 32 groups    1.9       0.42
 * </pre>
 *
 * <p>What is reckoned must differ by {@link #MARGIN}, since other machines, and a native BLAS, are
 * faster at products than at transforms. Patches of a group's few channels are dearer than they are
 * reckoned: with many groups the choice errs towards im2col.
 */
final class ConvolutionCost {
  /** Forward and two gradients: what the reckoning is of. */
  private static final int OPERATIONS = 3;

  /** By how much transforms must be reckoned faster. */
  private static final double MARGIN = 1.25;

  /** Values of one group's transformed kernels up to which transforms are chosen: 256 MiB. */
  private static final long MOST_KERNEL_VALUES = 1 << 26;

  /** Nanoseconds for one value of a patch to be gathered twice and scattered once. */
  private static final double PATCH_VALUE = 6.2;

  /** Nanoseconds for a flop of one large product. */
  private static final double PATCH_FLOP = 0.011;

  /** Nanoseconds for a plane's transform, by values x log₂ values. */
  private static final double TRANSFORM = 0.75;

  /** The same, where both of the plane's lengths are powers of two. */
  private static final double TRANSFORM_POWER_OF_TWO = 0.48;

  /** Of a whole plane's transforms, what a kernel's three cost: most rows are left out. */
  private static final double KERNEL_TRANSFORMS = 1.25;

  /** Nanoseconds for a flop of the small product at one frequency. */
  private static final double FREQUENCY_FLOP = 0.1;

  /** Nanoseconds for one such product to begin. */
  private static final double FREQUENCY_PRODUCT = 250;

  /** Images that are taken to share a call's transforms of kernels. */
  private static final int IMAGES = 8;

  private ConvolutionCost() {}

  /** The algorithm that a convolution asks for; where it leaves that open, the faster. */
  static ConvolutionAlgorithm choose(ConvolutionSize s) {
    if (s.algorithm() != ConvolutionAlgorithm.AUTO) {
      return s.algorithm();
    }
    boolean fits = 2 * frequencies(s) * kernels(s) / s.groups() <= MOST_KERNEL_VALUES;
    return fits && MARGIN * frequencyNanos(s) < patchNanos(s)
        ? ConvolutionAlgorithm.FFT
        : ConvolutionAlgorithm.IM2COL;
  }

  private static double patchNanos(ConvolutionSize s) {
    double positions = (double) s.outputHeight() * s.outputWidth();
    double flops = OPERATIONS * 2 * positions * s.patch() * s.filters();
    return PATCH_VALUE * positions * s.patch() * s.groups() + PATCH_FLOP * flops;
  }

  private static double frequencyNanos(ConvolutionSize s) {
    double images = OPERATIONS * (s.input().channels() + s.filters());
    double kernels = KERNEL_TRANSFORMS * kernels(s) / IMAGES;
    // A complex product and sum is 8 flops.
    double product = FREQUENCY_FLOP * 8 * kernels(s) + FREQUENCY_PRODUCT * s.groups() / IMAGES;
    return (images + kernels) * planeNanos(FrequencyConvolution.PlaneSize.of(s))
        + OPERATIONS * frequencies(s) * product;
  }

  private static double planeNanos(FrequencyConvolution.PlaneSize plane) {
    double values = (double) plane.height() * plane.width();
    boolean powers = Integer.bitCount(plane.height()) == 1 && Integer.bitCount(plane.width()) == 1;
    return (powers ? TRANSFORM_POWER_OF_TWO : TRANSFORM) * values * Math.log(values) / Math.log(2);
  }

  private static long frequencies(ConvolutionSize s) {
    return FrequencyConvolution.PlaneSize.of(s).frequencies();
  }

  /** Planes of the weights. */
  private static long kernels(ConvolutionSize s) {
    return (long) s.filters() * s.groupChannels();
  }
}
