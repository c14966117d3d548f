package dev.tributary.random;

/**
 * The counter-based generator Philox4x32-10: a keyed bijection of a 128-bit counter. Any stream can
 * be had at once, from its name alone, with no state to hand from step to step or from machine to
 * machine.
 *
 * <p>J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2,
 * 3", SC 2011, section 4.3. It passes BigCrush.
 *
 * <pre>
 *   key     (2 words) = mix(seed, purpose)
 *   counter (4 words) = (block, minor, major low, major high)     block = 0, 1, 2, ...
 *   numbers (4 words) = block(counter, key)
 * </pre>
 *
 * <p>{@code major} and {@code minor} are what the purpose makes of them: a step and a layer, an
 * epoch and a shard, a sample's index. A stream holds 2^34 ints and then begins again.
 *
 * <p>Every number is the same on every JVM: Java 17's floating-point arithmetic is strict, and the
 * functions beyond it come from {@link StrictMath}. An instance draws without allocating and is not
 * for sharing between threads.
 */
public final class Philox {
  private static final int ROUNDS = 10;

  // Random123's PHILOX_M4x32_0, _1 and PHILOX_W32_0, _1: the golden ratio and the root of 3, less
  // 1.
  private static final long MULTIPLIER_0 = 0xd2511f53L;
  private static final long MULTIPLIER_1 = 0xcd9e8d57L;
  private static final int KEY_STEP_0 = 0x9e3779b9;
  private static final int KEY_STEP_1 = 0xbb67ae85;

  private static final int WORDS = 4;
  private static final long LOW_WORD = 0xffff_ffffL;

  private final int[] key = new int[2];
  private final int[] counter = new int[WORDS];
  private final int[] numbers = new int[WORDS];

  /** How many of {@link #numbers} have been drawn. */
  private int drawn;

  /** The second half of the last pair of normal deviates, if {@link #hasSpare}. */
  private double spare;

  private boolean hasSpare;

  private Philox() {}

  /** The stream of this name, at its beginning: purely a function of the arguments. */
  public static Philox stream(long seed, Purpose purpose, long major, int minor) {
    Philox random = new Philox();
    random.restart(seed, purpose, major, minor);
    return random;
  }

  /** Turns this generator into the stream of this name, at its beginning, without allocating. */
  public void restart(long seed, Purpose purpose, long major, int minor) {
    long mixed = mix(mix(seed) + purpose.code());
    key[0] = (int) mixed;
    key[1] = (int) (mixed >>> 32);
    counter[0] = 0;
    counter[1] = minor;
    counter[2] = (int) major;
    counter[3] = (int) (major >>> 32);
    drawn = WORDS;
    hasSpare = false;
  }

  /** Uniform over all 2^32 ints. */
  public int nextInt() {
    if (drawn == WORDS) {
      block(counter, key, numbers);
      counter[0]++;
      drawn = 0;
    }
    return numbers[drawn++];
  }

  /**
   * Uniform over 0 to {@code bound - 1}, without bias: D. Lemire, "Fast random integer generation
   * in an interval", ACM TOMACS 29(1), 2019, algorithm 5.
   *
   * @throws IllegalArgumentException if the bound is not positive
   */
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound (" + bound + ") must be positive");
    }
    long product = (nextInt() & LOW_WORD) * bound;
    if ((product & LOW_WORD) < bound) {
      long tooLow = (1L << 32) % bound;
      while ((product & LOW_WORD) < tooLow) {
        product = (nextInt() & LOW_WORD) * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** Uniform over the 2^24 multiples of 2^-24 in [0, 1). */
  public float nextFloat() {
    return (nextInt() >>> 8) * 0x1p-24f;
  }

  /** Uniform over the 2^53 multiples of 2^-53 in [0, 1); takes two ints. */
  public double nextDouble() {
    int high = nextInt() >>> 5;
    int low = nextInt() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

  /**
   * Normal with mean 0 and deviation 1: G. E. P. Box and M. E. Muller, "A note on the generation of
   * random normal deviates", 1958. Every other call takes two doubles, the next one nothing.
   */
  public double nextGaussian() {
    if (hasSpare) {
      hasSpare = false;
      return spare;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - nextDouble()));
    double angle = 2 * Math.PI * nextDouble();
    spare = radius * StrictMath.sin(angle);
    hasSpare = true;
    return radius * StrictMath.cos(angle);
  }

  /**
   * The bijection.
   *
   * @param counter 4 words, read
   * @param key 2 words, read
   * @param out 4 words, written
   */
  static void block(int[] counter, int[] key, int[] out) {
    int c0 = counter[0];
    int c1 = counter[1];
    int c2 = counter[2];
    int c3 = counter[3];
    int k0 = key[0];
    int k1 = key[1];
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW_WORD);
      long product1 = MULTIPLIER_1 * (c2 & LOW_WORD);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += KEY_STEP_0;
      k1 += KEY_STEP_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }

  /**
   * SplitMix64's finalizer (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
   */
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    y = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
    return y ^ (y >>> 31);
  }
}
