package dev.tributary.data.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.nn.Batch;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a sample becomes is a function of seed, epoch and sample. */
final class AugmenterTest {
  private static final Shape SHAPE = Shape.image(6, 6, 1);
  private static final int SIZE = SHAPE.size();
  private static final Shard SHARD =
      TestSamples.shards(TestSamples.of(SHAPE, 3, 60, 5), 1, 1).get(0);
  private static final Augmentation ALTERATIONS =
      new Augmentation(
          List.of(
              new Augmentation.Chance(new Crop(SHAPE, 2, 2, Crop.Border.REFLECT), 1),
              new Augmentation.Chance(new Flip(SHAPE, true), 0.5),
              new Augmentation.Chance(new Rotation(SHAPE, 15), 0.7),
              new Augmentation.Chance(new Brightness(SHAPE, 0.2), 1)),
          null);

  /** The samples of an epoch, altered, in steps of a count, by the order of their hashes. */
  private static String[] epoch(Shard shard, Augmenter augmenter, int epoch, int steps) {
    String[] altered = new String[shard.samples().count()];
    Batch batch = new Batch(SHAPE);
    for (int t = 0; t < steps; t++) {
      Step step = new Step((long) epoch * steps + t, epoch, t, steps);
      shard.fill(batch, step);
      augmenter.alter(batch, shard, step);
      for (int i = 0; i < batch.n(); i++) {
        altered[shard.sample(step, i)] =
            Arrays.toString(Arrays.copyOfRange(batch.features(), i * SIZE, (i + 1) * SIZE));
      }
    }
    return altered;
  }

  @Test
  void anEpochsAlterationsDoNotDependOnSteps() {
    String[] expected = epoch(SHARD, new Augmenter(ALTERATIONS, 1), 4, 1);
    assertThat(expected).doesNotContainNull();
    for (int steps : new int[] {2, 7, 60}) {
      assertThat(epoch(SHARD, new Augmenter(ALTERATIONS, 1), 4, steps)).isEqualTo(expected);
    }
    Augmenter used = new Augmenter(ALTERATIONS, 1);
    String[] other = epoch(SHARD, used, 5, 3);
    assertThat(epoch(SHARD, used, 4, 3)).isEqualTo(expected);
    String[] seed = epoch(SHARD, new Augmenter(ALTERATIONS, 2), 4, 3);
    for (int i = 0; i < expected.length; i++) {
      assertThat(other[i]).isNotEqualTo(expected[i]);
      assertThat(seed[i]).isNotEqualTo(expected[i]);
    }
  }

  @Test
  void copiesOfASampleAreAlteredEachInItsOwnWay() {
    Samples one = TestSamples.of(SHAPE, 3, 1, 5);
    Samples copies = new Samples(SHAPE, 0);
    for (int i = 0; i < 20; i++) {
      copies.add(one, 0);
    }
    Shard shard = TestSamples.shards(copies, 1, 1).get(0);
    String[] altered = epoch(shard, new Augmenter(ALTERATIONS, 1), 0, 3);
    assertThat(new HashSet<>(Arrays.asList(altered))).hasSizeGreaterThan(18);
  }

  /** A probability of a half flips about half of the samples, and leaves the others as they are. */
  @Test
  void altersWithItsProbability() {
    Shard shard = TestSamples.shards(TestSamples.of(SHAPE, 3, 2000, 5), 1, 1).get(0);
    Augmentation flips =
        new Augmentation(List.of(new Augmentation.Chance(new Flip(SHAPE, true), 0.5)), null);
    String[] before = epoch(shard, new Augmenter(Augmentation.NONE, 1), 0, 1);
    String[] after = epoch(shard, new Augmenter(flips, 1), 0, 1);
    int flipped = 0;
    for (int i = 0; i < before.length; i++) {
      flipped += before[i].equals(after[i]) ? 0 : 1;
    }
    // Binomial with deviation 22: five deviations.
    assertThat(flipped).isBetween(890, 1110);
  }

  /**
   * Each mixed sample is λ of its own and 1 − λ of one other, in features, classes, numbers and
   * weights alike: the first feature holds the sample's number, from which all follows.
   */
  @Test
  void mixesFeaturesTargetsAndWeightsAlike() {
    Shape shape = Shape.flat(2);
    Samples samples = new Samples(new Schema(shape, false, 2, true), 0);
    Samples classes = new Samples(new Schema(shape, false, 0, false), 0);
    for (int i = 0; i < 50; i++) {
      samples.add(new float[] {i, 3 * i}, new float[] {5 * i, 1 - i}, 2 + i);
      classes.add(new float[] {i % 2, 0}, i % 2);
    }
    Augmenter augmenter = new Augmenter(new Augmentation(List.of(), new MixUp(0.5)), 1);
    Step step = new Step(0, 0, 0, 1);
    Shard shard = TestSamples.shards(samples, 1, 1).get(0);
    Batch batch = new Batch(shape);
    shard.fill(batch, step);
    List<Float> before = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      before.add(batch.features()[2 * i]);
    }
    augmenter.mix(batch, shard, step, 2);
    int mixed = 0;
    for (int i = 0; i < 50; i++) {
      float x = batch.features()[2 * i];
      mixed += x == before.get(i) ? 0 : 1;
      assertThat(batch.features()[2 * i + 1]).isCloseTo(3 * x, within(1e-4f));
      assertThat(batch.target(i, 0, 2)).isCloseTo(5 * x, within(1e-4f));
      assertThat(batch.target(i, 1, 2)).isCloseTo(1 - x, within(1e-4f));
      assertThat(batch.weight(i)).isCloseTo(2 + x, within(1e-4f));
    }
    assertThat(mixed).isGreaterThan(40);

    Shard ofClasses = TestSamples.shards(classes, 1, 1).get(0);
    for (int outputs : new int[] {1, 2}) {
      Batch labelled = new Batch(shape);
      // Twice, as the same batch serves every step.
      for (int again = 0; again < 2; again++) {
        ofClasses.fill(labelled, step);
        augmenter.mix(labelled, ofClasses, step, outputs);
      }
      for (int i = 0; i < 50; i++) {
        float one = labelled.features()[2 * i];
        assertThat(labelled.target(i, outputs - 1, outputs)).isCloseTo(one, within(1e-6f));
        if (outputs == 2) {
          assertThat(labelled.target(i, 0, 2)).isCloseTo(1 - one, within(1e-6f));
        }
      }
    }
  }
}
