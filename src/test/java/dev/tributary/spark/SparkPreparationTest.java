package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.TestSamples;
import dev.tributary.data.prepare.Columns;
import dev.tributary.data.prepare.Filling;
import dev.tributary.data.prepare.Logarithm;
import dev.tributary.data.prepare.Moments;
import dev.tributary.data.prepare.Preparation;
import dev.tributary.data.prepare.RangeScaling;
import dev.tributary.data.prepare.Standardization;
import dev.tributary.tensor.Shape;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.Trainer;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a preparation finds in the training samples is the same bytes in any partitioning. */
final class SparkPreparationTest extends SparkTest {
  private static final int SHARDS = 16;
  private static final Shape SHAPE = TestObjectives.SHAPE;
  private static final Samples SAMPLES = TestSamples.of(SHAPE, TestObjectives.CLASSES, 700, 3);
  private static final Preparation PLAN =
      new Preparation(
          SHAPE,
          List.of(
              new RangeScaling(new Columns(SHAPE, null), null, null),
              new Filling(new Columns(SHAPE, null), null),
              new Logarithm(new Columns(SHAPE, null)),
              new Standardization(new Columns(SHAPE, null), null, null)));

  private static Preparation oracle(List<Shard> shards) {
    Preparation fitted = PLAN;
    while (!fitted.isFitted()) {
      fitted = fitted.fit(Moments.of(shards, fitted.known()));
    }
    return fitted;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 16})
  void trainsToTheBytesOfTheOracle(int partitions) {
    Objective unprepared = TestObjectives.mlp();
    Trainer.Plan plan = TestObjectives.plan(unprepared.network(), 1, 97);
    List<Shard> shards = TestSamples.shards(SAMPLES, SHARDS, unprepared.seed());
    Objective objective = unprepared.preparedBy(oracle(shards));
    String expected;
    try (LocalGradients local = new LocalGradients(objective, shards)) {
      expected = TestObjectives.train(local, objective, plan);
    }
    SampleSource source = new MemorySource(TestSamples.shuffled(SAMPLES, partitions), 90);
    try (ShardedData data = ShardedData.of(jsc(), source, SHARDS, partitions, objective.seed())) {
      Preparation fitted = SparkPreparation.fit(PLAN, data);
      assertThat(fitted.toMaps()).isEqualTo(objective.preparation().toMaps());
      try (SparkGradients gradients =
          SparkGradients.alongTheTree(jsc(), unprepared.preparedBy(fitted), data, 4)) {
        assertThat(TestObjectives.train(gradients, objective, plan)).isEqualTo(expected);
      }
    }
    try (LocalGradients local = new LocalGradients(unprepared, shards)) {
      assertThat(TestObjectives.train(local, unprepared, plan)).isNotEqualTo(expected);
    }
  }
}
