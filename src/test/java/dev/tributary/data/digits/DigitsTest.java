package dev.tributary.data.digits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tributary.data.digits.Digits.Part;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DigitsTest {
  private static final int PIXELS = Digits.WIDTH * Digits.HEIGHT;

  /**
   * Runs are repeated from their seeds, so no sample may change unnoticed: the bytes of 1,000
   * images, each with its label behind it.
   */
  @ParameterizedTest
  @CsvSource({
    "1, TRAIN, aaf3dcbfff7275638c200bd2e65a4f2b5b32013af4d53cee38e055b204dd0896",
    "1, TEST, c26f7413b12b0aae52e29e483193db02e8222a768630cfcc65e7e6e569243903"
  })
  void keepsItsSamples(long seed, Part part, String expected) throws NoSuchAlgorithmException {
    Digits digits = new Digits(seed, part);
    MessageDigest sha = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < 1000; i++) {
      sha.update(image(digits, i));
      sha.update((byte) digits.label(i));
    }
    assertThat(HexFormat.of().formatHex(sha.digest())).isEqualTo(expected);
  }

  @Test
  void drawsTheSameInAnyOrder() {
    Digits forwards = new Digits(7, Part.TRAIN);
    Digits backwards = new Digits(7, Part.TRAIN);
    int n = 200;
    byte[][] images = new byte[n][];
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      images[i] = image(forwards, i);
      labels[i] = forwards.label(i);
    }
    for (int i = n - 1; i >= 0; i--) {
      assertThat(backwards.label(i)).isEqualTo(labels[i]);
      assertThat(image(backwards, i)).isEqualTo(images[i]);
    }
  }

  @Test
  void drawsNothingTwice() {
    Set<ByteBuffer> seen = new HashSet<>();
    int n = 1000;
    for (long seed : new long[] {0, 1, -1}) {
      for (Part part : Part.values()) {
        Digits digits = new Digits(seed, part);
        for (int i = 0; i < n; i++) {
          seen.add(ByteBuffer.wrap(image(digits, i)));
        }
      }
    }
    assertThat(seen).hasSize(3 * 2 * n);
  }

  @Test
  void labelsTenSamplesInTenWays() {
    Digits digits = new Digits(3, Part.TEST);
    int blocks = 1000;
    int[][] places = new int[Digits.CLASSES][Digits.CLASSES];
    for (int block = 0; block < blocks; block++) {
      Set<Integer> labels = new HashSet<>();
      for (int place = 0; place < Digits.CLASSES; place++) {
        int label = digits.label((long) Digits.CLASSES * block + place);
        labels.add(label);
        places[place][label]++;
      }
      assertThat(labels).hasSize(Digits.CLASSES);
    }
    // Every label is as often in every place: 100 times, with a deviation of 9.5.
    for (int[] counts : places) {
      for (int count : counts) {
        assertThat(count).isBetween(60, 140);
      }
    }
  }

  /** Above 64 a pixel has ink: the lightest paper with the most grain stays below. */
  @Test
  void drawsInModeration() {
    Digits digits = new Digits(1, Part.TRAIN);
    int n = 5000;
    int sum = 0;
    for (int i = 0; i < n; i++) {
      int inked = 0;
      for (byte pixel : image(digits, i)) {
        inked += Byte.toUnsignedInt(pixel) > 64 ? 1 : 0;
      }
      assertThat(inked).as("sample %s", i).isBetween(15, 280);
      sum += inked;
    }
    assertThat(sum / n).isBetween(80, 120);
  }

  /** Each class's mean image is further from any other class's than from that of other samples. */
  @Test
  void tellsTheClassesApart() {
    double[][] means = means(0, 10_000);
    double[][] others = means(10_000, 20_000);
    for (int a = 0; a < Digits.CLASSES; a++) {
      double same = distance(means[a], others[a]);
      for (int b = 0; b < Digits.CLASSES; b++) {
        if (a != b) {
          assertThat(distance(means[a], others[b])).as("%s and %s", a, b).isGreaterThan(1.5 * same);
        }
      }
    }
  }

  /** No two of a class are nearly alike, not even two ones: 20 grey levels a pixel, in the mean. */
  @Test
  void variesWithinAClass() {
    Digits digits = new Digits(5, Part.TRAIN);
    byte[][] last = new byte[Digits.CLASSES][];
    for (int i = 0; i < 2000; i++) {
      int label = digits.label(i);
      byte[] image = image(digits, i);
      if (last[label] != null) {
        assertThat(distance(values(image), values(last[label])))
            .as("sample %s", i)
            .isGreaterThan(300);
      }
      last[label] = image;
    }
  }

  @Test
  void writesWhereItIsToldOnly() {
    byte[] pixels = new byte[PIXELS + 20];
    Arrays.fill(pixels, (byte) 77);
    Digits digits = new Digits(1, Part.TEST);
    digits.draw(5, pixels, 10);
    assertThat(Arrays.copyOfRange(pixels, 10, PIXELS + 10)).isEqualTo(image(digits, 5));
    assertThat(Arrays.copyOf(pixels, 10)).containsOnly(77);
    assertThat(Arrays.copyOfRange(pixels, PIXELS + 10, PIXELS + 20)).containsOnly(77);
  }

  @Test
  void reachesTheLastIndex() {
    Digits digits = new Digits(Long.MIN_VALUE, Part.TRAIN);
    assertThat(image(digits, Long.MAX_VALUE)).isNotEqualTo(image(digits, Long.MAX_VALUE - 1));
  }

  @Test
  void refusesANegativeIndex() {
    Digits digits = new Digits(1, Part.TRAIN);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> digits.label(-1))
        .withMessage("index (-1) must not be negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> digits.draw(-1, new byte[PIXELS], 0))
        .withMessage("index (-1) must not be negative");
  }

  @ParameterizedTest
  @CsvSource({"783, 0", "784, 1", "784, -1"})
  void refusesAnArrayTooShort(int length, int offset) {
    Digits digits = new Digits(1, Part.TRAIN);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> digits.draw(0, new byte[length], offset));
  }

  private static byte[] image(Digits digits, long index) {
    byte[] pixels = new byte[PIXELS];
    digits.draw(index, pixels, 0);
    return pixels;
  }

  private static double[] values(byte[] image) {
    double[] values = new double[image.length];
    Arrays.setAll(values, i -> Byte.toUnsignedInt(image[i]));
    return values;
  }

  /** The mean image of each class among these samples: (classes, pixels). */
  private static double[][] means(int from, int to) {
    Digits digits = new Digits(1, Part.TRAIN);
    double[][] means = new double[Digits.CLASSES][PIXELS];
    for (int i = from; i < to; i++) {
      double[] values = values(image(digits, i));
      double[] mean = means[digits.label(i)];
      Arrays.setAll(mean, p -> mean[p] + values[p] * Digits.CLASSES / (to - from));
    }
    return means;
  }

  /** Euclidean, in grey levels. */
  private static double distance(double[] a, double[] b) {
    double squares = 0;
    for (int i = 0; i < a.length; i++) {
      squares += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return Math.sqrt(squares);
  }
}
