package dev.tributary.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.tributary.engine.Activation;
import dev.tributary.engine.AffineSize;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Engine;
import dev.tributary.engine.NormSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Storage;
import dev.tributary.engine.Window;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sizes that do not fit are refused, in words: the JVM would not survive them in native code. */
final class OneDnnSizesTest {
  private static final int ROUNDS = 3000;
  private static final int ROOM = 4000;
  private static final int GUARD = 64;
  private static final float[] FILLED = new float[ROOM];

  static {
    Arrays.fill(FILLED, 0.5f);
  }

  @BeforeAll
  static void loads() {
    assumeThat(OneDnnEngineProvider.problem()).as("why onednn is not tested").isEmpty();
  }

  @Test
  void saysWhatDoesNotFit() {
    try (Engine e = new OneDnnEngineProvider().open()) {
      Buffer small = e.allocate(5);
      Buffer large = e.allocate(1000);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> e.affine(new AffineSize(4, 3), 2, small, large, null, large))
          .withMessage("x holds 5 values, but 2 x 4 are needed");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> e.affine(new AffineSize(4, 0), 2, large, large, null, large))
          .withMessage("outputs must be at least 1, not 0");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> e.copyColumns(2, 3, large, 4, 2, large, 9, 0))
          .withMessage("from has 4 columns, so it has no 3 from column 2");
      ConvolutionSize groups =
          new ConvolutionSize(Shape.image(4, 4, 3), 4, Window.of(1, 1, 0), Window.of(1, 1, 0), 2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> e.convolution(groups, 1, large, large, null, large))
          .withMessage("3 channels and 4 filters cannot be divided into 2 groups");
      assertThatThrownBy(() -> large.put(new float[3], 0, 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> large.slice(990, 11)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  /** Whatever is asked for is done or refused, and nothing is written behind a buffer's end. */
  @ParameterizedTest
  @EnumSource
  void randomSizesEitherWorkOrAreRefused(Precision precision) {
    assumeThat(OneDnnEngineProvider.problem(precision)).as("why it is not tested").isEmpty();
    int refused = 0;
    try (Engine e = new OneDnnEngineProvider(precision).open()) {
      for (int seed = 0; seed < ROUNDS; seed++) {
        Philox random = Philox.stream(seed, Purpose.PERMUTATION, 7, 0);
        Buffer[] whole = {room(e, random), room(e, random), room(e, random), room(e, random)};
        int[] sizes = new int[whole.length];
        for (int i = 0; i < whole.length; i++) {
          // Most are large enough, and one in eight is not.
          sizes[i] = random.nextInt(8) == 0 ? random.nextInt(60) : ROOM - GUARD;
        }
        try {
          anyOperation(e, random, whole, sizes);
        } catch (IllegalArgumentException expected) {
          refused++;
        }
        for (int i = 0; i < whole.length; i++) {
          assertGuarded(seed, whole[i], sizes[i]);
        }
      }
    }
    assertThat(refused).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
  }

  private static Buffer room(Engine e, Philox random) {
    Storage[] storages = Storage.values();
    Buffer buffer = e.allocate(ROOM, storages[random.nextInt(storages.length)]);
    buffer.put(FILLED, 0, ROOM);
    return buffer;
  }

  private static void assertGuarded(int seed, Buffer whole, int size) {
    float[] behind = new float[ROOM - size];
    whole.slice(size, behind.length).get(behind, 0, behind.length);
    for (float value : behind) {
      assertThat(value).as("seed %d, behind %d values", seed, size).isEqualTo(FILLED[0]);
    }
  }

  private static void anyOperation(Engine e, Philox random, Buffer[] whole, int[] sizes) {
    Buffer a = whole[0].slice(0, sizes[0]);
    Buffer b = whole[1].slice(0, sizes[1]);
    Buffer c = whole[2].slice(0, sizes[2]);
    Buffer d = whole[3].slice(0, sizes[3]);
    int n = random.nextInt(5);
    int width = random.nextInt(12);
    NormSize norm = new NormSize(width, 1e-5);
    AffineSize affine = new AffineSize(random.nextInt(9), width);
    Activation f = Activation.TANH;
    switch (random.nextInt(18)) {
      case 0 -> e.affine(affine, n, a, b, c, f, d);
      case 1 -> e.affineInputGradient(affine, n, a, b, c);
      case 2 -> e.affineWeightGradient(affine, n, a, b, c, d);
      case 3 -> e.convolution(convolution(random), n, a, b, c, f, d);
      case 4 -> e.convolutionInputGradient(convolution(random), n, a, b, c);
      case 5 -> e.convolutionWeightGradient(convolution(random), n, a, b, c, d);
      case 6 -> e.pool(pool(random), n, a, b, random.nextInt(2) == 0 ? null : c);
      case 7 -> e.poolGradient(pool(random), n, a, b, null, c, d);
      case 16 -> poolForthAndBack(e, pool(random), n, a, b, c, d);
      case 8 -> e.activation(f, n * width, a, b);
      case 9 -> e.softmax(n, width, a, b);
      case 10 -> e.layerNorm(norm, n, a, b, c, d, a);
      case 11 -> e.layerNormGradient(norm, n, a, b, c, d, null, b, c);
      case 12 -> e.columnStatistics(norm, n, a, b);
      case 13 -> e.batchNorm(norm, n, a, b, c, d, a);
      case 14 -> e.copyColumns(n, width, a, random.nextInt(15), random.nextInt(3), b, 12, 0);
      case 17 -> e.batchNormOfBatch(norm, n, a, b, c, d, a);
      default -> e.add(n * width, a, b, f, c);
    }
  }

  private static void poolForthAndBack(
      Engine e, PoolSize s, int n, Buffer x, Buffer y, Buffer windows, Buffer dx) {
    e.pool(s, n, x, y, windows);
    e.poolGradient(s, n, x, y, windows, y, dx);
  }

  private static ConvolutionSize convolution(Philox random) {
    return new ConvolutionSize(
        image(random), random.nextInt(5), window(random), window(random), 1 + random.nextInt(2));
  }

  private static PoolSize pool(Philox random) {
    return new PoolSize(
        random.nextInt(2) == 0 ? PoolSize.Kind.MAX : PoolSize.Kind.AVERAGE,
        image(random),
        window(random),
        window(random),
        random.nextInt(2) == 0,
        random.nextInt(2) == 0);
  }

  private static Shape image(Philox random) {
    return Shape.image(1 + random.nextInt(8), 1 + random.nextInt(8), 1 + random.nextInt(4));
  }

  private static Window window(Philox random) {
    return new Window(
        1 + random.nextInt(4), 1 + random.nextInt(3), random.nextInt(3), 1 + random.nextInt(2));
  }
}
