package dev.tributary.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.data.augment.Augmentation;
import dev.tributary.data.digits.Digits;
import dev.tributary.data.embedded.Embedded;
import dev.tributary.engine.Precision;
import dev.tributary.engine.onednn.OneDnnEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SigmoidCrossEntropy;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
import dev.tributary.train.GradientSum;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.NonFiniteShard;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.Predictor;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.Trainer;
import dev.tributary.train.metrics.Classification;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.storage.BlockId;
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import scala.runtime.AbstractFunction1;

/** The cluster's gradients are the oracle's, to the byte. */
final class SparkGradientsTest extends SparkTest {
  private static final int SHARDS = 16;
  private static final Samples SAMPLES =
      TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 1000, 3);

  static Stream<Arguments> layouts() {
    return Stream.of(
            TestObjectives.mlp(), TestObjectives.cnnWithDropout(), TestObjectives.residual())
        .flatMap(
            objective ->
                Stream.of(
                    Arguments.of(objective, 1, 8),
                    Arguments.of(objective, 2, 8),
                    Arguments.of(objective, 4, 2),
                    Arguments.of(objective, 8, 8),
                    Arguments.of(objective, 16, 2),
                    Arguments.of(objective, 16, 4),
                    Arguments.of(objective, 16, 8),
                    Arguments.of(objective.over(Wire.BF16), 1, 8),
                    Arguments.of(objective.over(Wire.BF16), 4, 2),
                    Arguments.of(objective.over(Wire.BF16), 8, 4),
                    Arguments.of(objective.over(Wire.BF16), 16, 8)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void trainsToTheBytesOfTheOracle(Objective objective, int partitions, int fanIn) {
    Trainer.Plan plan = TestObjectives.averaged(objective.network(), 2, 97);
    String expected;
    try (LocalGradients local =
        new LocalGradients(objective, TestSamples.shards(SAMPLES, SHARDS, objective.seed()))) {
      expected = TestObjectives.train(local, objective, plan);
    }
    SampleSource source = new MemorySource(TestSamples.shuffled(SAMPLES, partitions), 150);
    try (ShardedData data = ShardedData.of(jsc(), source, SHARDS, partitions, objective.seed());
        SparkGradients tree = SparkGradients.alongTheTree(jsc(), objective, data, fanIn);
        SparkGradients local = SparkGradients.byReference(jsc(), objective, data)) {
      assertThat(tree.samples()).isEqualTo(1000);
      assertThat(TestObjectives.train(tree, objective, plan)).isEqualTo(expected);
      assertThat(TestObjectives.train(local, objective, plan))
          .as("by reference")
          .isEqualTo(expected);
    }
  }

  /** Penalties are those of the weights that the loss is of. */
  @ParameterizedTest
  @EnumSource
  void penalisesTheWeightsThatAreSent(Wire wire) {
    Objective objective = TestObjectives.mlp().over(wire);
    Network network = objective.network();
    float[] weights = network.initialValues(objective.seed());
    List<Tensor> tensors =
        List.of(new Tensor(0, network.parameterCount(), false, new Tensor.Tuning(1, 1e-3, 1e-2)));
    Trainer.Plan plain = TestObjectives.plan(network, 1, 97);
    Trainer.Plan plan = new Trainer.Plan(plain.optimizer(), tensors, plain.schedule(), null, 1, 97);
    try (LocalGradients local =
            new LocalGradients(objective, TestSamples.shards(SAMPLES, SHARDS, objective.seed()));
        PlainDescent descent = new PlainDescent(local, network, plan, objective.seed())) {
      Step step = Step.of(0, 11);
      float[] sent = weights.clone();
      BFloat16.round(sent, 0, wire.rounded(sent.length));
      GradientSum sum = local.gradient(weights, step);
      double expected = sum.loss() + Optimizer.penalty(sent, tensors) * sum.weight();
      assertThat(descent.step(step, 0.1).loss()).isEqualTo(expected);
    }
  }

  /** Random changes are keyed by the sample, so nobody's number of partitions shows in them. */
  @ParameterizedTest
  @CsvSource({"1, 8", "2, 8", "8, 2", "16, 8"})
  void augmentsAlikeInAnyPartitioning(int partitions, int fanIn) {
    trainsToTheBytesOfTheOracle(TestObjectives.augmented(), partitions, fanIn);
  }

  /** Evaluation sees samples as they are. */
  @Test
  void augmentsInTrainingAlone() {
    Objective augmented = TestObjectives.augmented();
    Objective plain = augmented.augmentedBy(Augmentation.NONE);
    float[] weights = plain.network().initialValues(4);
    List<Shard> shards = TestSamples.shards(SAMPLES, SHARDS, 1);
    try (Predictor one = new Predictor(augmented, weights);
        Predictor other = new Predictor(plain, weights);
        LocalGradients training = new LocalGradients(augmented, shards);
        LocalGradients asTheyAre = new LocalGradients(plain, shards)) {
      assertThat(one.evaluate(shards.get(3))).isEqualTo(other.evaluate(shards.get(3)));
      assertThat(one.predict(SAMPLES, 0, 9)).isEqualTo(other.predict(SAMPLES, 0, 9));
      Step step = new Step(0, 0, 0, 1);
      assertThat(training.gradient(weights, step).loss())
          .isNotEqualTo(asTheyAre.gradient(weights, step).loss());
    }
  }

  /** Where oneDNN loads: both precisions, on networks with and without statistics. */
  static Stream<Arguments> nativeLayouts() {
    return Stream.of(Precision.values())
        .filter(precision -> OneDnnEngineProvider.problem(precision).isEmpty())
        .map(OneDnnEngineProvider::new)
        .flatMap(
            engine ->
                Stream.of(
                    Arguments.of(TestObjectives.cnnWithDropout().on(engine), 1),
                    Arguments.of(TestObjectives.cnnWithDropout().on(engine), 4),
                    Arguments.of(TestObjectives.residual().on(engine), 2),
                    Arguments.of(TestObjectives.residual().on(engine), 16)));
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("nativeLayouts")
  void trainsToTheBytesOfTheOracleOnOneDnn(Objective objective, int partitions) {
    trainsToTheBytesOfTheOracle(objective, partitions, 8);
  }

  /** The same finding as the oracle's, whichever partition it is in. */
  @ParameterizedTest
  @CsvSource({"1, F32", "4, F32", "16, F32", "1, BF16", "8, BF16"})
  void findsWhatIsNotFinite(int partitions, Wire wire) {
    Objective objective = TestObjectives.residual().over(wire);
    float[] weights = objective.network().initialValues(1);
    for (int i = 0; i < 40; i++) {
      weights[i] = 1e38f;
    }
    Step step = Step.of(0, 100);
    NonFiniteShard expected;
    try (LocalGradients local =
        new LocalGradients(objective, TestSamples.shards(SAMPLES, SHARDS, objective.seed()))) {
      expected = local.findNonFinite(weights, step);
    }
    assertThat(expected).isNotNull();
    try (ShardedData data =
            ShardedData.of(
                jsc(), new MemorySource(SAMPLES, 100), SHARDS, partitions, objective.seed());
        SparkGradients gradients = SparkGradients.byReference(jsc(), objective, data)) {
      assertThat(gradients.findNonFinite(weights, step)).isEqualTo(expected);
      assertThat(gradients.findNonFinite(objective.network().initialValues(1), step)).isNull();
    }
  }

  /** Nothing of a step may stay behind: no broadcast weights, no persistent RDD but the shards. */
  @Test
  void leavesNothingBehind() {
    Objective objective = TestObjectives.wide();
    try (ShardedData data =
            ShardedData.of(jsc(), new MemorySource(SAMPLES, 100), SHARDS, 2, objective.seed());
        SparkGradients gradients = SparkGradients.alongTheTree(jsc(), objective, data, 8)) {
      TestObjectives.train(gradients, objective, TestObjectives.plan(objective.network(), 1, 97));
      assertThat(jsc().getPersistentRDDs()).hasSize(1);
      awaitNoBroadcastAsLargeAs(4L * objective.network().parameterCount());
    }
    assertThat(jsc().getPersistentRDDs()).isEmpty();
  }

  /**
   * Spark removes destroyed broadcasts behind the caller; tasks' own code is broadcast too, small.
   */
  private void awaitNoBroadcastAsLargeAs(long bytes) {
    long until = System.nanoTime() + 20_000_000_000L;
    while (broadcastsAsLargeAs(bytes) > 0 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(broadcastsAsLargeAs(bytes)).isZero();
  }

  private static int broadcastsAsLargeAs(long bytes) {
    BlockManager blocks = SparkEnv.get().blockManager();
    return blocks
        .getMatchingBlockIds(
            new AbstractFunction1<BlockId, Object>() {
              @Override
              public Object apply(BlockId id) {
                return id.isBroadcast() && blocks.getStatus(id).exists(new LargerThan(bytes / 2));
              }
            })
        .size();
  }

  private static final class LargerThan extends AbstractFunction1<BlockStatus, Object> {
    private final long bytes;

    LargerThan(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public Object apply(BlockStatus status) {
      return status.memSize() > bytes;
    }
  }

  /** Evaluation adds shards in order, so it too is exact in any partitioning. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16})
  void evaluatesToTheBytesOfTheOracle(int partitions) {
    Objective objective = TestObjectives.mlp();
    float[] weights = objective.network().initialValues(4);
    Classification expected = TestObjectives.evaluation(objective);
    try (Predictor predictor = new Predictor(objective, weights)) {
      for (var shard : TestSamples.shards(SAMPLES, SHARDS, 1)) {
        expected.add(predictor.evaluate(shard));
      }
    }
    try (ShardedData data =
        ShardedData.of(jsc(), new MemorySource(SAMPLES, 90), SHARDS, partitions, 1)) {
      assertThat(new SparkEvaluation(jsc(), objective, data).evaluate(weights)).isEqualTo(expected);
    }
  }

  /** Numbers, labels and areas under curves: the same doubles in any partitioning. */
  @ParameterizedTest
  @EnumSource
  void metricsAreTheSameInAnyPartitioning(Embedded set) {
    Schema schema = set.schema();
    int outputs = Math.max(1, schema.targets());
    Network network =
        new Network(
            List.of(
                new Reshape(schema.shape(), Shape.flat(schema.shape().size())),
                new Affine(
                    schema.shape().size(),
                    set == Embedded.DIGITS ? set.classes() : outputs,
                    true,
                    Initializer.HE)));
    Loss loss =
        switch (set) {
          case DIGITS -> new SoftmaxCrossEntropy();
          case HOUSE_PRICES -> new SquaredError();
          default -> new SigmoidCrossEntropy();
        };
    Objective objective = new Objective(network, loss, TestObjectives.mlp().engine(), 1);
    float[] weights = network.initialValues(5);
    Map<String, Double> expected = null;
    for (int partitions : new int[] {1, 2, 4, 16}) {
      EmbeddedSource source = new EmbeddedSource(set, 3, Digits.Part.TEST, 700);
      try (ShardedData data = ShardedData.of(jsc(), source, SHARDS, partitions, 1)) {
        Map<String, Double> metrics =
            new SparkEvaluation(jsc(), objective, data).evaluate(weights).metrics();
        expected = expected == null ? metrics : expected;
        assertThat(metrics).isEqualTo(expected).isNotEmpty();
        assertThat(metrics.values()).noneMatch(v -> v.isNaN());
      }
    }
  }

  /** The exchange adds pairs of neighbours first, whatever the number. */
  @Test
  void choosesPartitionsThatFinishFirst() {
    assertThat(List.of(1, 2, 3, 4, 6, 16, 100).stream().map(c -> Partitions.best(16, c)).toList())
        .containsExactly(1, 2, 8, 4, 16, 16, 16);
    assertThat(Partitions.best(1, 8)).isEqualTo(1);
  }
}
