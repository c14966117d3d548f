package dev.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.nn.Batch;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ShardTest {
  private static final Shape SHAPE = Shape.image(4, 4, 1);
  private static final int CLASSES = 3;

  @ParameterizedTest
  @CsvSource({"1000, 97, 16", "1000, 1000, 16", "1000, 5000, 4", "3, 2, 16", "64, 1, 1"})
  void everySampleIsUsedExactlyOnceAnEpoch(int count, int batchSize, int shardCount) {
    Samples samples = TestSamples.of(SHAPE, CLASSES, count, 5);
    List<Shard> shards = TestSamples.shards(samples, shardCount, 1);
    int steps = Step.perEpoch(count, batchSize);
    Batch batch = new Batch(SHAPE);
    for (int epoch = 0; epoch < 2; epoch++) {
      Map<String, Integer> used = new HashMap<>();
      for (int t = 0; t < steps; t++) {
        Step step = Step.of((long) epoch * steps + t, steps);
        int inStep = 0;
        for (Shard shard : shards) {
          shard.fill(batch, step);
          inStep += batch.n();
          for (int i = 0; i < batch.n(); i++) {
            used.merge(content(batch, i), 1, Integer::sum);
          }
        }
        // Even steps, but for shards of unequal length: a deviation of √S is plenty.
        assertThat(Math.abs(inStep - (double) count / steps))
            .isLessThanOrEqualTo(1 + Math.sqrt(shardCount));
      }
      Map<String, Integer> expected = new HashMap<>();
      batch.resize(1);
      for (int i = 0; i < count; i++) {
        samples.write(i, batch.features(), 0);
        batch.labels()[0] = samples.label(i);
        expected.merge(content(batch, 0), 1, Integer::sum);
      }
      assertThat(used).isEqualTo(expected);
    }
  }

  private static String content(Batch batch, int i) {
    int size = batch.shape().size();
    return Arrays.toString(Arrays.copyOfRange(batch.features(), i * size, (i + 1) * size))
        + batch.labels()[i];
  }

  @Test
  void shardsDoNotDependOnTheOrderOfReading() {
    Samples samples = TestSamples.of(SHAPE, CLASSES, 500, 5);
    List<String> expected = fingerprints(TestSamples.shards(samples, 8, 1));
    for (int seed = 0; seed < 5; seed++) {
      Samples shuffled = TestSamples.shuffled(samples, seed);
      assertThat(fingerprints(TestSamples.shards(shuffled, 8, 1))).isEqualTo(expected);
    }
  }

  @Test
  void shardsDoNotDependOnHowPartsArrive() {
    Samples samples = TestSamples.of(SHAPE, CLASSES, 100, 5);
    Samples first = new Samples(SHAPE, 0);
    Samples second = new Samples(SHAPE, 0);
    for (int i = 0; i < 100; i++) {
      (i % 3 == 0 ? first : second).add(samples, i);
    }
    String whole = TestSamples.fingerprint(Shard.of(0, 1, 1, List.of(samples)));
    assertThat(TestSamples.fingerprint(Shard.of(0, 1, 1, List.of(second, first)))).isEqualTo(whole);
  }

  @Test
  void copiesOfOneSampleAreAllKept() {
    Samples samples = TestSamples.of(SHAPE, CLASSES, 10, 5);
    Samples twice = new Samples(SHAPE, 0);
    for (int i = 0; i < 20; i++) {
      twice.add(samples, i % 10);
    }
    long count = TestSamples.shards(twice, 4, 1).stream().mapToLong(s -> s.samples().count()).sum();
    assertThat(count).isEqualTo(20);
  }

  @Test
  void shardsAreOfLikeSizeAndFollowTheSeed() {
    Samples samples = TestSamples.of(SHAPE, CLASSES, 4000, 5);
    Set<List<String>> divisions = new HashSet<>();
    for (long seed = 0; seed < 4; seed++) {
      List<Shard> shards = TestSamples.shards(samples, 16, seed);
      for (Shard shard : shards) {
        // Binomial with mean 250 and deviation 15: five deviations.
        assertThat(shard.samples().count()).isBetween(175, 325);
      }
      divisions.add(fingerprints(shards));
    }
    assertThat(divisions).hasSize(4);
  }

  @Test
  void orderDiffersFromEpochToEpochAndReturns() {
    List<Shard> shards = TestSamples.shards(TestSamples.of(SHAPE, CLASSES, 50, 5), 1, 1);
    Batch batch = new Batch(SHAPE);
    List<String> epochs = new ArrayList<>();
    for (int epoch : new int[] {0, 1, 0}) {
      shards.get(0).fill(batch, new Step(epoch, epoch, 0, 1));
      epochs.add(Arrays.toString(batch.features()));
    }
    assertThat(epochs.get(0)).isEqualTo(epochs.get(2)).isNotEqualTo(epochs.get(1));
  }

  private static List<String> fingerprints(List<Shard> shards) {
    return shards.stream().map(TestSamples::fingerprint).toList();
  }
}
