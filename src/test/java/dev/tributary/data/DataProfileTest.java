package dev.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DataProfileTest {
  private static final Schema CLASSES = new Schema(Shape.flat(4), false, 0, false);

  /** Samples whose features are always 5, the class coded as 9 − class, i, and the parity of i. */
  private static Samples samples(int from, int to, int classes) {
    Samples samples = new Samples(CLASSES, to - from);
    for (int i = from; i < to; i++) {
      int label = i % classes;
      samples.add(new float[] {5, 9 - label, i, i % 2}, label);
    }
    return samples;
  }

  private static DataProfile profile(Samples samples, int classes) {
    DataProfile profile = new DataProfile(samples.schema(), classes);
    profile.add(samples, samples.count());
    return profile;
  }

  private static List<String> warnings(DataProfile profile) {
    return profile.warnings(j -> "feature " + j);
  }

  @Test
  void tellsConstantsCopiesAndAbsentClasses() {
    assertThat(warnings(profile(samples(0, 30, 3), 5)))
        .containsExactly(
            "of the 5 classes that the network tells apart, 3, 4 never occurs: it cannot be learnt",
            "always the same, and so without use: feature 0 (5.0)",
            "as good as a copy of what is to be predicted: feature 1; leave it out of"
                + " data.features, unless it is known when the model is used");
  }

  /** However the samples are divided, the same is found. */
  @Test
  void partsComeToTheWhole() {
    List<String> whole = warnings(profile(samples(0, 30, 3), 5));
    for (int cut : new int[] {0, 1, 2, 7, 29, 30}) {
      DataProfile first = profile(samples(0, cut, 3), 5);
      assertThat(warnings(first.join(profile(samples(cut, 30, 3), 5))))
          .as("cut at %d", cut)
          .isEqualTo(whole);
    }
    DataProfile constant = profile(samples(0, 1, 1), 2);
    assertThat(warnings(constant.join(profile(samples(1, 2, 1), 2))))
        .contains("always the same, and so without use: feature 0 (5.0), feature 1 (9.0)");
  }

  @Test
  void aCodeOfTheClassOnOneSideAloneIsNoCopy() {
    Samples swapped = new Samples(CLASSES, 4);
    for (int i = 0; i < 4; i++) {
      swapped.add(new float[] {i, 9 - (2 - i % 3), i, i}, i % 3);
    }
    DataProfile both = profile(samples(0, 30, 3), 3).join(profile(swapped, 3));
    assertThat(warnings(both)).isEmpty();
  }

  @Test
  void aNumberToPredictMayStandAmongTheFeatures() {
    Schema schema = new Schema(Shape.flat(2), false, 1, false);
    Samples samples = new Samples(schema, 10);
    for (int i = 0; i < 10; i++) {
      samples.add(new float[] {i % 3, i * 0.5f}, new float[] {i * 0.5f}, 1);
    }
    assertThat(warnings(profile(samples, 1)))
        .singleElement()
        .asString()
        .startsWith("as good as a copy of what is to be predicted: feature 1");
  }

  /** The edges of images are often black, and one sample is always the same. */
  @Test
  void imagesAndSingleSamplesAreNoReasonToDoubt() {
    Samples images = TestSamples.of(Shape.image(3, 3, 1), 2, 40, 1);
    assertThat(warnings(profile(images, 2))).isEmpty();
    assertThat(warnings(profile(samples(0, 1, 1), 1))).isEmpty();
  }
}
