package dev.tributary.random;

/**
 * What random numbers are drawn for. Streams of different purposes are independent, even with equal
 * seeds and indices.
 *
 * <p>The codes are part of every stream: changing one changes the runs that can be repeated. A new
 * purpose takes the next free code; a code is never used again.
 */
public enum Purpose {
  /** A network's first weights. */
  INITIALIZATION(1),

  /** The order of the samples within an epoch. */
  PERMUTATION(2),

  /** Which activations a dropout layer lets through. */
  DROPOUT(3),

  /** The embedded digits to train on. */
  DIGITS_TRAIN(4),

  /** The embedded digits to test on. */
  DIGITS_TEST(5),

  /** Random changes to a training sample, such as shifts. */
  AUGMENTATION(6),

  /** The choice of a subset of samples. */
  SAMPLING(7),

  /** The embedded houses to train on. */
  HOUSES_TRAIN(8),

  /** The embedded houses to test on. */
  HOUSES_TEST(9);

  private final int code;

  Purpose(int code) {
    this.code = code;
  }

  /** The number that stands for this purpose in a stream's key, whatever the order above. */
  int code() {
    return code;
  }
}
