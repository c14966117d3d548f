package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
import dev.tributary.train.metrics.Classification;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle itself: the order of its sums, written out. */
final class LocalGradientsTest {
  static Stream<Objective> objectives() {
    return Stream.of(
        TestObjectives.mlp(), TestObjectives.cnnWithDropout(), TestObjectives.residual());
  }

  private static List<Shard> shards(int samples, int count) {
    return TestSamples.shards(
        TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, samples, 3), count, 11);
  }

  /** Three samples in 16 shards: most leaves are missing, in uneven places. */
  @ParameterizedTest
  @MethodSource("objectives")
  void addsAlongTheTreeAndSkipsEmptyShards(Objective objective) {
    for (int samples : new int[] {3, 200}) {
      List<Shard> shards = shards(samples, 16);
      float[] weights = objective.network().initialValues(1);
      Step step = Step.of(1, 2);
      try (LocalGradients local = new LocalGradients(objective, shards)) {
        GradientSum sum = local.gradient(weights, step);
        float[] expected = tree(objective, weights, shards, step, 0, 16, 0);
        assertThat(sum.gradient()).isEqualTo(expected);
        assertThat(sum.samples()).isEqualTo(shards.stream().mapToLong(s -> s.part(step)).sum());
      }
    }
  }

  /** Of weights that are rounded, each node's gradient is rounded, leaves too; state is not. */
  @ParameterizedTest
  @MethodSource("objectives")
  void roundsEveryNode(Objective objective) {
    List<Shard> shards = shards(200, 16);
    float[] weights = objective.network().initialValues(1);
    float[] rounded = weights.clone();
    int parameters = objective.network().parameterCount();
    BFloat16.round(rounded, 0, parameters);
    Step step = Step.of(1, 2);
    try (LocalGradients local = new LocalGradients(objective.over(Wire.BF16), shards);
        LocalGradients exact = new LocalGradients(objective, shards)) {
      float[] sum = local.gradient(weights, step).gradient();
      assertThat(sum).isEqualTo(tree(objective, rounded, shards, step, 0, 16, parameters));
      assertThat(sum).isNotEqualTo(exact.gradient(weights, step).gradient());
      assertThat(weights).isEqualTo(objective.network().initialValues(1));
    }
  }

  /** The definition: node(k, level) = node(2k, level − 1) + node(2k + 1, level − 1). */
  private static float @org.jspecify.annotations.Nullable [] tree(
      Objective objective,
      float[] weights,
      List<Shard> shards,
      Step step,
      int from,
      int to,
      int rounded) {
    if (to - from == 1) {
      Shard shard = shards.get(from);
      if (shard.part(step) == 0) {
        return null;
      }
      try (ShardGradients one = new ShardGradients(objective)) {
        return rounded(one.sum(weights, List.of(shard), step).gradient().clone(), rounded);
      }
    }
    int middle = (from + to) / 2;
    float[] left = tree(objective, weights, shards, step, from, middle, rounded);
    float[] right = tree(objective, weights, shards, step, middle, to, rounded);
    if (left == null || right == null) {
      return left == null ? right : left;
    }
    float[] sum = new float[left.length];
    for (int i = 0; i < sum.length; i++) {
      sum[i] = left[i] + right[i];
    }
    return rounded(sum, rounded);
  }

  private static float[] rounded(float[] values, int rounded) {
    for (int i = 0; i < rounded; i++) {
      values[i] = BFloat16.round(values[i]);
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void isAFunctionOfItsArguments(Objective objective) {
    List<Shard> shards = shards(100, 8);
    float[] weights = objective.network().initialValues(1);
    try (LocalGradients used = new LocalGradients(objective, shards)) {
      for (int t = 0; t < 7; t++) {
        Step step = Step.of(t, 3);
        float[] again;
        try (LocalGradients fresh = new LocalGradients(objective, shards)) {
          again = fresh.gradient(weights, step).gradient().clone();
        }
        assertThat(used.gradient(weights, step).gradient()).as("step %d", t).isEqualTo(again);
      }
    }
  }

  @Test
  void learnsWhatCanBeLearnt() {
    for (Objective objective : objectives().toList()) {
      List<Shard> shards = shards(400, 4);
      try (LocalGradients source = new LocalGradients(objective, shards)) {
        Trainer trainer =
            new Trainer(
                source, objective.network(), TestObjectives.plan(objective.network(), 20, 32), 11);
        double first = trainer.next().loss();
        trainer.forEachRemaining(step -> {});
        Classification after = TestObjectives.evaluation(objective);
        try (Predictor predictor = new Predictor(objective, trainer.values())) {
          for (Shard shard : shards) {
            after.add(predictor.evaluate(shard));
          }
        }
        assertThat(after.samples()).isEqualTo(400);
        assertThat(after.loss()).isLessThan(first / 5);
        assertThat(after.accuracy()).isGreaterThan(0.97);
      }
    }
  }

  /** A weight of 2 is what a second copy would be: the same mean gradient and loss. */
  @Test
  void weightsCountAsCopies() {
    Schema weighted = new Schema(Shape.flat(3), false, 1, true);
    Samples once = new Samples(weighted, 0);
    Samples copies = new Samples(weighted, 0);
    for (int i = 0; i < 20; i++) {
      float[] features = {i / 10f, (i * 7 % 5) / 5f, 1};
      float[] target = {(float) Math.sin(i)};
      once.add(features, target, 1 + i % 2);
      for (int copy = 0; copy <= i % 2; copy++) {
        copies.add(features, target, 1);
      }
    }
    Network network = new Network(List.of(new Affine(3, 1, true, Initializer.GLOROT)));
    Objective objective =
        new Objective(network, new SquaredError(), TestObjectives.mlp().engine(), 1);
    float[] weights = network.initialValues(3);
    Step all = Step.of(0, 1);
    try (LocalGradients a = new LocalGradients(objective, TestSamples.shards(once, 2, 1));
        LocalGradients b = new LocalGradients(objective, TestSamples.shards(copies, 2, 1))) {
      GradientSum weightedSum = a.gradient(weights, all);
      GradientSum copiedSum = b.gradient(weights, all);
      assertThat(weightedSum.weight()).isEqualTo(copiedSum.weight()).isEqualTo(30);
      assertThat(weightedSum.loss()).isCloseTo(copiedSum.loss(), within(1e-5));
      assertThat(weightedSum.gradient()).containsExactly(copiedSum.gradient(), within(1e-4f));
    }
  }
}
