package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.SampleSet;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.nn.Batch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchesAheadTest {
  private static final int COUNT = 5;

  /** Samples as if in a file. */
  private record Mapped(SampleSet samples, boolean isDamaged) implements SampleSet {
    @Override
    public boolean isInMemory() {
      return false;
    }

    @Override
    public Schema schema() {
      return samples.schema();
    }

    @Override
    public int count() {
      return samples.count();
    }

    @Override
    public int label(int i) {
      return samples.label(i);
    }

    @Override
    public void write(int i, float[] features, int to) {
      if (isDamaged) {
        throw new IllegalStateException("the file is damaged");
      }
      samples.write(i, features, to);
    }

    @Override
    public void writeTargets(int i, float[] targets, int to) {
      samples.writeTargets(i, targets, to);
    }

    @Override
    public float target(int i, int j) {
      return samples.target(i, j);
    }

    @Override
    public float weight(int i) {
      return samples.weight(i);
    }
  }

  private static List<Shard> shards() {
    return TestSamples.shards(
        TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 60, 3), 4, 1);
  }

  private static List<Shard> mapped(boolean isDamaged) {
    List<Shard> mapped = new ArrayList<>();
    for (Shard shard : shards()) {
      mapped.add(
          Shard.ordered(
              shard.index(), 4, 1, shard.fingerprint(), new Mapped(shard.samples(), isDamaged)));
    }
    return mapped;
  }

  private static void checkSameSums(Objective objective, List<Shard> shards) {
    float[] weights = objective.network().initialValues(1);
    BatchesAhead ahead = new BatchesAhead(objective);
    try (ShardGradients plain = new ShardGradients(objective);
        ShardGradients helped = new ShardGradients(objective, ahead)) {
      // Step 7 comes again, as a task's copy does, and step 20 is not the one that was begun.
      for (int t : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 7, 8, 20, 21}) {
        Step step = Step.of(t, COUNT);
        GradientSum expected = plain.sum(weights, shards, step);
        GradientSum sum = helped.sum(weights, shards, step);
        assertThat(sum.gradient()).as("step %d", t).isEqualTo(expected.gradient());
        assertThat(sum.loss()).isEqualTo(expected.loss());
        assertThat(sum.samples()).isEqualTo(expected.samples());
      }
      for (Shard shard : shards) {
        Batch next = ahead.take(shard, Step.of(22, COUNT));
        assertThat(next == null ? -1 : next.n())
            .as("made ahead")
            .isEqualTo(shard.part(Step.of(22, COUNT)));
      }
    }
  }

  @Test
  void augmentedBatchesAreTheSame() {
    checkSameSums(TestObjectives.augmented(), shards());
  }

  @Test
  void batchesOfMappedFilesAreTheSame() {
    checkSameSums(TestObjectives.mlp(), mapped(false));
  }

  @Test
  void leavesAloneWhatTakesNoTime() {
    Objective objective = TestObjectives.mlp();
    BatchesAhead ahead = new BatchesAhead(objective);
    List<Shard> shards = shards();
    try (ShardGradients gradients = new ShardGradients(objective, ahead)) {
      gradients.sum(objective.network().initialValues(1), shards, Step.of(0, COUNT));
    }
    assertThat(ahead.take(shards.get(0), Step.of(1, COUNT))).isNull();
  }

  @Test
  void failsWhereTheBatchIsNeeded() {
    Objective objective = TestObjectives.mlp();
    BatchesAhead ahead = new BatchesAhead(objective);
    List<Shard> damaged = mapped(true);
    ahead.beginWhileComputing(damaged, Step.of(0, COUNT));
    float[] weights = objective.network().initialValues(1);
    try (ShardGradients gradients = new ShardGradients(objective, ahead)) {
      assertThatThrownBy(() -> gradients.sum(weights, damaged, Step.of(1, COUNT)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the file is damaged");
    }
  }
}
