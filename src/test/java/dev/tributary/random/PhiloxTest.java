package dev.tributary.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PhiloxTest {
  /** Random123's {@code kat_vectors}, the lines of {@code philox4x32 10}. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void givesRandom123sKnownAnswers(String counter, String key, String expected) {
    int[] out = new int[4];
    Philox.block(words(counter), words(key), out);
    assertThat(hex(out)).isEqualTo(expected);
  }

  /** Runs are repeated from their seeds, so no stream may change from one version to the next. */
  @Test
  void keepsItsStreams() {
    assertThat(hex(ints(Philox.stream(42, Purpose.DROPOUT, 7, 3), 8)))
        .isEqualTo("b4646e4e 95797e90 2122d84f bf94fe0a e45b8eed 4f2dad8b d5c7e7d7 c7633d27");
    assertThat(hex(ints(Philox.stream(-1, Purpose.SAMPLING, 1L << 40, -2), 4)))
        .isEqualTo("c591b944 2565d14e 652fc21c 67dd8828");
    assertThat(Arrays.stream(Purpose.values()).map(p -> p + " " + p.code()))
        .containsExactly(
            "INITIALIZATION 1",
            "PERMUTATION 2",
            "DROPOUT 3",
            "DIGITS_TRAIN 4",
            "DIGITS_TEST 5",
            "AUGMENTATION 6",
            "SAMPLING 7",
            "HOUSES_TRAIN 8",
            "HOUSES_TEST 9");
  }

  /** Java's float arithmetic is strict, and the logarithm and sine are StrictMath's. */
  @Test
  void keepsItsNormalDeviatesToTheLastBit() {
    Philox random = Philox.stream(42, Purpose.INITIALIZATION, 0, 0);
    assertThat(IntStream.range(0, 3).mapToObj(i -> Double.toHexString(random.nextGaussian())))
        .containsExactly("-0x1.0916923fc76ecp0", "-0x1.0012a8e659085p0", "0x1.48838e2a6d90dp0");
  }

  @Test
  void givesOtherNumbersForEveryArgument() {
    Set<Long> seen = new HashSet<>();
    int streams = 0;
    for (long seed : new long[] {0, 1, 2, -1, 1L << 32}) {
      for (Purpose purpose : Purpose.values()) {
        for (long major : new long[] {0, 1, 2, -1, 1L << 32}) {
          for (int minor : new int[] {0, 1, 2, -1}) {
            Philox random = Philox.stream(seed, purpose, major, minor);
            seen.add((long) random.nextInt() << 32 | (random.nextInt() & 0xffff_ffffL));
            streams++;
          }
        }
      }
    }
    assertThat(seen).hasSize(streams);
  }

  /** Streams next to each other in any argument: half of all bits agree, as by chance. */
  @Test
  void givesIndependentNeighbours() {
    int n = 100_000;
    Philox random = Philox.stream(3, Purpose.DROPOUT, 10, 1);
    for (Philox neighbour :
        new Philox[] {
          Philox.stream(4, Purpose.DROPOUT, 10, 1),
          Philox.stream(3, Purpose.SAMPLING, 10, 1),
          Philox.stream(3, Purpose.DROPOUT, 11, 1),
          Philox.stream(3, Purpose.DROPOUT, 10, 2)
        }) {
      long differing = 0;
      for (int i = 0; i < n; i++) {
        differing += Integer.bitCount(random.nextInt() ^ neighbour.nextInt());
      }
      // 32 n fair coins have deviation sqrt(8 n).
      assertThat((double) differing).isCloseTo(16.0 * n, within(4 * Math.sqrt(8.0 * n)));
    }
  }

  @Test
  void restartsAsIfNew() {
    Philox reused = Philox.stream(9, Purpose.AUGMENTATION, 8, 7);
    reused.nextGaussian(); // leaves half a pair and half a block behind
    reused.nextInt();
    reused.restart(1, Purpose.DROPOUT, 2, 3);
    Philox fresh = Philox.stream(1, Purpose.DROPOUT, 2, 3);
    for (int i = 0; i < 100; i++) {
      assertThat(reused.nextGaussian()).isEqualTo(fresh.nextGaussian());
      assertThat(reused.nextInt()).isEqualTo(fresh.nextInt());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 10, 64, 1000})
  void isUniformBelowABound(int bound) {
    Philox random = Philox.stream(11, Purpose.PERMUTATION, bound, 0);
    assertUniform(bound, () -> random.nextInt(bound));
  }

  /**
   * Three quarters of 2^32: taking remainders instead would draw the lower third twice as often.
   */
  @Test
  void isUnbiasedBelowALargeBound() {
    int bound = 3 << 29;
    Philox random = Philox.stream(12, Purpose.PERMUTATION, 0, 0);
    assertUniform(
        9,
        () -> {
          int x = random.nextInt(bound);
          return 3 * (x >>> 29) + x % 3;
        });
  }

  @Test
  void isUniformAsFloatAndDouble() {
    Philox random = Philox.stream(13, Purpose.SAMPLING, 0, 0);
    assertUniform(
        50,
        () -> {
          float x = random.nextFloat();
          assertThat(x).isBetween(0f, Math.nextDown(1f));
          return (int) (50 * x);
        });
    assertUniform(
        50,
        () -> {
          double x = random.nextDouble();
          assertThat(x).isBetween(0.0, Math.nextDown(1.0));
          return (int) (50 * x);
        });
  }

  @Test
  void drawsNormalDeviates() {
    int n = 200_000;
    Philox random = Philox.stream(14, Purpose.INITIALIZATION, 0, 0);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    double products = 0;
    double before = 0;
    for (int i = 0; i < n; i++) {
      double x = random.nextGaussian();
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
      products += x * before;
      before = x;
    }
    // Deviations of these means: 1, sqrt 2, sqrt 96 and 1, over sqrt n.
    assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
    assertThat(squares / n).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
    assertThat(fourths / n).isCloseTo(3, within(4 * Math.sqrt(96.0 / n)));
    assertThat(products / n).isCloseTo(0, within(4 / Math.sqrt(n)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void refusesABoundThatIsNotPositive(int bound) {
    Philox random = Philox.stream(1, Purpose.SAMPLING, 0, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> random.nextInt(bound))
        .withMessage("bound (%s) must be positive", bound);
  }

  /** Pearson's chi-square over 1,000 expected draws a bin, within four deviations of its mean. */
  private static void assertUniform(int bins, IntSupplier draw) {
    int expected = 1000;
    int[] counts = new int[bins];
    for (int i = 0; i < bins * expected; i++) {
      counts[draw.getAsInt()]++;
    }
    double chiSquare = 0;
    for (int count : counts) {
      chiSquare += (double) (count - expected) * (count - expected) / expected;
    }
    int freedom = bins - 1;
    assertThat(chiSquare).isCloseTo(freedom, within(4 * Math.sqrt(2.0 * freedom)));
  }

  private static int[] ints(Philox random, int count) {
    return IntStream.generate(random::nextInt).limit(count).toArray();
  }

  private static int[] words(String hex) {
    return Arrays.stream(hex.split(" ", -1))
        .mapToInt(w -> Integer.parseUnsignedInt(w, 16))
        .toArray();
  }

  private static String hex(int[] words) {
    return Arrays.stream(words)
        .mapToObj(w -> String.format("%08x", w))
        .collect(Collectors.joining(" "));
  }
}
