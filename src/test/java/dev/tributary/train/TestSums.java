package dev.tributary.train;

import java.util.Random;

/** Sums of made-up gradients. */
public final class TestSums {
  private TestSums() {}

  /** A sum over so many samples, of values over six decades that follow from the seed. */
  public static GradientSum of(int weights, int seed, long samples) {
    GradientSum sum = new GradientSum(weights);
    Random random = new Random(seed);
    float[] gradient = sum.gradient();
    for (int i = 0; i < weights; i++) {
      gradient[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(7) - 3));
    }
    if (samples > 0) {
      sum.addScalars(random.nextDouble(), random.nextDouble(), samples);
    }
    return sum;
  }
}
