package dev.tributary.data.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.DataException;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each transformation against its formula, written out in double precision. */
final class PreparationTest {
  private static final Shape TABLE = Shape.flat(3);
  private static final Shape IMAGE = Shape.image(4, 5, 3);
  private static final int N = 50;

  /** Column c has mean 10 c and deviation c + 1; rows of 3, so that channels serve as columns. */
  private static float[] features(int rows) {
    Philox random = Philox.stream(7, Purpose.SAMPLING, 0, 0);
    float[] features = new float[rows * 3];
    for (int i = 0; i < features.length; i++) {
      int c = i % 3;
      features[i] = (float) (10 * c + (c + 1) * random.nextGaussian());
    }
    return features;
  }

  private static double[] column(float[] features, int c) {
    return IntStream.range(0, features.length / 3)
        .mapToDouble(i -> features[3 * i + c])
        .filter(v -> !Double.isNaN(v))
        .toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double deviation(double[] values) {
    double mean = mean(values);
    return Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / values.length);
  }

  private static Moments moments(float[] features) {
    Moments moments = new Moments(3);
    moments.count(features, features.length / 3);
    return moments;
  }

  private static void assertColumn(
      float[] before, float[] after, int c, DoubleUnaryOperator formula) {
    double[] from = column(before, c);
    double[] to = column(after, c);
    for (int i = 0; i < from.length; i++) {
      double expected = formula.applyAsDouble(from[i]);
      assertThat(to[i]).isCloseTo(expected, within(3e-6 * Math.max(1, Math.abs(expected))));
    }
  }

  private static float[] applied(Transformation transformation, float[] features) {
    float[] after = features.clone();
    transformation.apply(after, features.length / transformation.columns().shape().size());
    return after;
  }

  @Test
  void momentsAreThoseOfTheDefinition() {
    float[] x = features(1000);
    x[4] = Float.NaN;
    Moments joined = new Moments(3);
    for (int from = 0; from < 1000; from += 100) {
      joined.join(moments(Arrays.copyOfRange(x, 3 * from, 3 * (from + 100))));
    }
    for (Moments m : List.of(moments(x), joined)) {
      for (int c = 0; c < 3; c++) {
        double[] values = column(x, c);
        assertThat(m.count(c)).isEqualTo(c == 1 ? 999 : 1000);
        assertThat(m.mean(c)).isCloseTo(mean(values), within(1e-12));
        assertThat(m.deviation(c)).isCloseTo(deviation(values), within(1e-12));
        assertThat(m.least(c)).isEqualTo((float) Arrays.stream(values).min().orElseThrow());
        assertThat(m.most(c)).isEqualTo((float) Arrays.stream(values).max().orElseThrow());
      }
    }
  }

  /** The sum of squares less the square of the sum would have no digit left here. */
  @Test
  void momentsFarFromZeroLoseNothing() {
    float[] x = new float[3 * 4096];
    for (int i = 0; i < x.length; i++) {
      x[i] = 1.7e9f + 128 * (i % 7);
    }
    Moments joined = new Moments(3);
    for (int from = 0; from < 4096; from += 64) {
      joined.join(moments(Arrays.copyOfRange(x, 3 * from, 3 * (from + 64))));
    }
    for (int c = 0; c < 3; c++) {
      double expected = deviation(column(x, c));
      assertThat(joined.deviation(c)).isCloseTo(expected, within(1e-9 * expected));
    }
  }

  @Test
  void joiningNothingChangesNothing() {
    float[] x = features(10);
    Moments some = moments(x).join(new Moments(3));
    Moments other = new Moments(3).join(moments(x));
    for (int c = 0; c < 3; c++) {
      assertThat(some.mean(c)).isEqualTo(other.mean(c)).isEqualTo(moments(x).mean(c));
      assertThat(some.deviation(c)).isEqualTo(other.deviation(c));
    }
    assertThat(new Moments(3).deviation(0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void standardizesColumnsAndChannels(boolean image) {
    Shape shape = image ? IMAGE : TABLE;
    float[] x = features(image ? N * 20 : N);
    Standardization fitted =
        new Standardization(new Columns(shape, null), null, null).fit(moments(x));
    float[] y = applied(fitted, x);
    for (int c = 0; c < 3; c++) {
      double mean = mean(column(x, c));
      double deviation = deviation(column(x, c));
      assertColumn(x, y, c, v -> (v - mean) / deviation);
      assertThat(mean(column(y, c))).isCloseTo(0, within(1e-6));
      assertThat(deviation(column(y, c))).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void scalesTheRangeToZeroAndOne() {
    float[] x = features(N);
    RangeScaling fitted =
        new RangeScaling(new Columns(TABLE, new int[] {2, 0}), null, null).fit(moments(x));
    float[] y = applied(fitted, x);
    for (int c : new int[] {0, 2}) {
      double least = Arrays.stream(column(x, c)).min().orElseThrow();
      double most = Arrays.stream(column(x, c)).max().orElseThrow();
      assertColumn(x, y, c, v -> (v - least) / (most - least));
      assertThat(Arrays.stream(column(y, c)).min()).hasValue(0);
      assertThat(Arrays.stream(column(y, c)).max().orElseThrow()).isCloseTo(1, within(1e-6));
    }
    assertThat(column(y, 1)).isEqualTo(column(x, 1));
    float[] given = applied(scale(new double[] {-2}, new double[] {6}), x);
    assertColumn(x, given, 1, v -> (v + 2) / 8);
  }

  private static RangeScaling scale(double[] from, double[] to) {
    return new RangeScaling(new Columns(TABLE, null), from, to);
  }

  @Test
  void whatDoesNotVaryBecomesZero() {
    float[] x = new float[3 * N];
    Arrays.fill(x, 0.1f);
    Columns all = new Columns(TABLE, null);
    assertThat(applied(new Standardization(all, null, null).fit(moments(x)), x)).containsOnly(0f);
    assertThat(applied(new RangeScaling(all, null, null).fit(moments(x)), x)).containsOnly(0f);
  }

  @Test
  void clipsTakesLogarithmsAndFills() {
    float[] x = features(N);
    Columns last = new Columns(TABLE, new int[] {2});
    assertColumn(
        x, applied(new Clipping(last, 19.0, 21.0), x), 2, v -> Math.min(21, Math.max(19, v)));
    assertColumn(x, applied(new Clipping(last, null, 20.0), x), 2, v -> Math.min(20, v));
    assertColumn(x, applied(new Clipping(last, 20.0, null), x), 2, v -> Math.max(20, v));
    float[] logarithms = applied(new Logarithm(last), x);
    assertColumn(x, logarithms, 2, v -> Math.log(1 + v));
    assertThat(column(logarithms, 1)).isEqualTo(column(x, 1));

    x[2] = Float.NaN;
    x[4] = Float.NaN;
    float[] filled = applied(new Filling(last, null).fit(moments(x)), x);
    assertThat(filled[2]).isEqualTo((float) mean(column(x, 2)));
    assertThat(filled[4]).isNaN();
    assertThat(applied(new Filling(new Columns(TABLE, null), new double[] {-1}), x)[4])
        .isEqualTo(-1f);
    assertThat(applied(new Clipping(last, 19.0, 21.0), x)[2]).isNaN();
  }

  @Test
  void numbersOfCategoriesBecomeColumns() {
    Columns columns = new Columns(TABLE, new int[] {2, 0});
    OneHot oneHot = new OneHot(columns, new int[] {3, 2}, true);
    assertThat(oneHot.output()).isEqualTo(Shape.flat(6));
    float[] x = Arrays.copyOf(new float[] {1, 5, 2, 0, 6, 0, 9, 7, Float.NaN}, 18);
    oneHot.apply(x, 3);
    assertThat(x).containsExactly(5, 0, 0, 1, 0, 1, /* */ 6, 1, 0, 0, 1, 0, /* */ 7, 0, 0, 0, 0, 0);
  }

  /** Fill by the mean, then the logarithm, then standardize: each knows what comes before. */
  @Test
  void fitsInAsFewPassesAsItCan() {
    float[] x = features(N);
    x[2] = Float.NaN;
    Columns last = new Columns(TABLE, new int[] {2});
    Columns first = new Columns(TABLE, new int[] {0});
    Preparation plan =
        new Preparation(
            TABLE,
            List.of(
                new Filling(last, null),
                new RangeScaling(first, null, null),
                new Logarithm(last),
                new Standardization(last, null, null)));
    assertThat(plan.known().isNone()).isTrue();
    Preparation once = plan.fit(moments(x));
    assertThat(once.isFitted()).isFalse();
    assertThat(once.known().describe()).hasSize(3);
    float[] y = x.clone();
    once.known().apply(y, N);
    Preparation twice = once.fit(moments(y));
    assertThat(twice.isFitted()).isTrue();
    float[] z = x.clone();
    twice.apply(z, N);
    double fill = mean(column(x, 2));
    x[2] = (float) fill;
    double[] logarithms = Arrays.stream(column(x, 2)).map(Math::log1p).toArray();
    double mean = mean(logarithms);
    double deviation = deviation(logarithms);
    for (int i = 0; i < N; i++) {
      assertThat((double) z[3 * i + 2]).isCloseTo((logarithms[i] - mean) / deviation, within(1e-4));
    }
  }

  @Test
  void tellsInWords() {
    float[] x = features(N);
    Preparation plan =
        new Preparation(
            TABLE,
            List.of(
                new Filling(new Columns(TABLE, new int[] {1}), null),
                new Clipping(new Columns(TABLE, null), -1.0, 50.0),
                new Standardization(
                    new Columns(TABLE, new int[] {0, 1}), new double[] {1, 2}, new double[] {3}),
                new OneHot(new Columns(TABLE, new int[] {2}), new int[] {4}, false)));
    assertThat(plan.describe())
        .containsExactly(
            "fill missing values of column 1 with the training samples' mean",
            "clip to at least -1.0 and at most 50.0",
            "standardize of columns 0, 1: mean 1.0000, 2.0000; deviation 3.0000, 3.0000",
            "one_hot of column 2: 3 columns become 6");
    assertThat(new RangeScaling(new Columns(IMAGE, new int[] {1}), null, null).describe())
        .isEqualTo("scale of channel 1 to [0, 1] by the training samples' range");
    assertThat(plan.fit(moments(x)).describe().get(0))
        .startsWith("fill missing values of column 1: with 10.");
    assertThat(plan.output()).isEqualTo(Shape.flat(6));
  }

  @Test
  void refusesWhatCannotBe() {
    Columns all = new Columns(TABLE, null);
    float[] empty = new float[3 * N];
    Arrays.fill(empty, Float.NaN);
    assertMessage(
        () -> new Standardization(all, null, null).fit(moments(empty)),
        "column 0 has no value in any training sample, so standardize has nothing to go by; leave it"
            + " out of data.prepare's columns, or fill it with a number before");
    float[] infinite = features(N);
    infinite[1] = Float.NEGATIVE_INFINITY;
    assertMessage(
        () -> new RangeScaling(all, null, null).fit(moments(infinite)),
        "column 1 is infinite in a training sample, so scale has nothing to go by; put {type = clip,"
            + " low = …, high = …} before it in data.prepare, or mend the data");
    assertMessage(
        () -> new Filling(all, null).fit(moments(infinite)), "so fill has nothing to go by");
    assertMessage(
        () -> new Logarithm(all).apply(new float[] {0, -1, 0}, 1),
        "column 1 is -1.0 in a sample, but log1p is the logarithm of 1 + x, for x above -1; put"
            + " {type = clip, low = 0} before it in data.prepare, or mend the data");
    for (float category : new float[] {4, -1, 0.5f, Float.NaN}) {
      assertMessage(
          () ->
              new OneHot(new Columns(TABLE, new int[] {2}), new int[] {4}, false)
                  .apply(Arrays.copyOf(new float[] {0, 0, category}, 6), 1),
          String.format(
              "column 2 is %s in a sample, but one_hot gives it 4 categories, 0 to 3; give more in"
                  + " data.prepare, say unknown = zeros, or mend the data",
              category));
    }
    assertThatThrownBy(() -> new Standardization(all, null, null).apply(new float[3], 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("standardize by the training samples' mean and deviation is not fitted");
    assertThatThrownBy(() -> new Preparation(IMAGE, List.of(new Clipping(all, 0.0, null))))
        .hasMessageContaining("is for samples of 3, not of 4x5x3");
  }

  private static void assertMessage(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, @Nullable String message) {
    assertThatThrownBy(call).isInstanceOf(DataException.class).hasMessageContaining(message);
  }
}
