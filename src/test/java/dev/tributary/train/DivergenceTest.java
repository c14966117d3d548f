package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.engine.Activation;
import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.TestEngines;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.nn.NonFinite.Place;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.SchedulePlan;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not finite is caught in the step where it comes to be, and named. */
final class DivergenceTest {
  private static final Shape THREE = Shape.flat(3);
  private static final Schema CLASSES = new Schema(THREE, false, 0, false);
  private static final int SHARDS = 4;
  private static final int COUNT = 64;

  static Stream<Named<EngineProvider>> engines() {
    return TestEngines.all().stream();
  }

  private static Objective objective(EngineProvider engine, Loss loss, Layer... layers) {
    return new Objective(new Network(List.of(layers)), loss, engine, 1);
  }

  private static Objective classifier(EngineProvider engine) {
    return objective(
        engine,
        new SoftmaxCrossEntropy(),
        new Affine(3, 5, true, Initializer.HE),
        new Elementwise(Activation.RELU, Shape.flat(5)),
        new Affine(5, 2, true, Initializer.GLOROT));
  }

  /** Sample i is (i, 1, −i) / 64 of class i mod 2; one may have a feature replaced. */
  private static Samples samples(int planted, float value) {
    Samples samples = new Samples(CLASSES, COUNT);
    for (int i = 0; i < COUNT; i++) {
      float x = i / (float) COUNT;
      samples.add(new float[] {x, i == planted ? value : 1f, -x}, i % 2);
    }
    return samples;
  }

  private static List<Shard> shards(Samples samples) {
    return TestSamples.shards(samples, SHARDS, 1);
  }

  private static Trainer trainer(GradientSource source, Objective objective, SchedulePlan rates) {
    Network network = objective.network();
    Trainer.Plan plan =
        new Trainer.Plan(
            Optimizer.sgd(0, false, 0), Tensor.whole(network.parameterCount()), rates, null, 4, 16);
    return new Trainer(source, network, plan, objective.seed());
  }

  private static SchedulePlan constant(double rate) {
    return (stepsPerEpoch, steps) -> step -> rate;
  }

  /** The steps made before the run diverges, and the exception. */
  private static DivergedException diverge(Trainer trainer, int stepsBefore) {
    for (int i = 0; i < stepsBefore; i++) {
      trainer.next();
    }
    float[] before = trainer.values().clone();
    List<DivergedException> caught = new ArrayList<>();
    assertThatThrownBy(trainer::next).isInstanceOfSatisfying(DivergedException.class, caught::add);
    DivergedException diverged = caught.get(0);
    if (!String.valueOf(diverged.getMessage()).contains("the update made")) {
      assertThat(trainer.values()).isEqualTo(before);
    }
    return diverged;
  }

  private static String loss(DivergedException diverged) {
    Matcher matcher = Pattern.compile("\\(loss (\\S+),").matcher(diverged.getMessage());
    return matcher.find() ? matcher.group(1) : "none";
  }

  /** Where a planted sample comes: its step in the first epoch, shard, and place in its part. */
  private record Planted(int step, int shard, int place, int part, int sample) {
    static Planted find(List<Shard> shards, float value) {
      float[] x = new float[3];
      for (int number = 0; number < COUNT / 16; number++) {
        Step step = Step.of(number, COUNT / 16);
        for (Shard shard : shards) {
          for (int i = 0; i < shard.part(step); i++) {
            shard.samples().write(shard.sample(step, i), x, 0);
            if (Float.compare(x[1], value) == 0) {
              return new Planted(number, shard.index(), i, shard.part(step), shard.sample(step, i));
            }
          }
        }
      }
      throw new AssertionError("the sample is in no step");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void namesTheSampleThatHoldsNaN(EngineProvider engine) {
    Objective objective = classifier(engine);
    List<Shard> shards = shards(samples(37, Float.NaN));
    Planted at = Planted.find(shards, Float.NaN);
    try (LocalGradients source = new LocalGradients(objective, shards)) {
      DivergedException diverged = diverge(trainer(source, objective, constant(0.1)), at.step());
      assertThat(diverged.isInData()).isTrue();
      assertThat(diverged)
          .hasMessage(
              "training diverged at epoch 1, step %d of 4: the network's input, feature 1, is NaN in"
                  + " shard %d, in 1 of its %d samples of this step, from %d to %d (the first is the"
                  + " shard's sample %d, of class 1) (loss %s, learning rate 0.1); clean or leave out"
                  + " the samples in question, as NaN and infinity cannot be learnt from",
              at.step() + 1,
              at.shard(),
              at.part(),
              at.place(),
              at.place(),
              at.sample(),
              // oneDNN's relu makes NaN 0, so that only the gradient tells.
              engine.name().equals("jvm") ? "NaN" : DivergenceTest.loss(diverged));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void namesTheLayerWhoseOutputOverflows(EngineProvider engine) {
    Objective objective =
        objective(
            engine,
            new SquaredError(),
            new Affine(3, 5, true, Initializer.ONE),
            new Affine(5, 2, true, Initializer.ONE));
    // The sum of this one's features is finite, and five times it is not.
    List<Shard> shards = shards(samples(37, 2e38f));
    Planted at = Planted.find(shards, 2e38f);
    try (LocalGradients source = new LocalGradients(objective, shards)) {
      assertThat(diverge(trainer(source, objective, constant(1e-6)), at.step()))
          .hasMessageMatching(
              "training diverged at epoch 1, step "
                  + (at.step() + 1)
                  + " of 4: the output of layer 1, affine 5 -> 2, is Infinity in shard "
                  + at.shard()
                  + ", in 1 of its .* samples of this step, from .*; try a smaller rate, e.g. -D"
                  + " train.optimizer.rate=1.00e-07");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void namesTheFeatureWithoutVariance(EngineProvider engine) {
    Objective objective =
        objective(
            engine,
            new SoftmaxCrossEntropy(),
            new BatchNorm(THREE, 1e-80, 0.1),
            new Affine(3, 2, true, Initializer.GLOROT));
    try (LocalGradients source = new LocalGradients(objective, shards(samples(-1, 0)))) {
      assertThat(diverge(trainer(source, objective, constant(0.1)), 0))
          .hasMessageMatching(
              "training diverged at epoch 1, step 1 of 4: the output of layer 0, .* is NaN in shard 0,"
                  + " in (\\d) of its \\1 samples of this step, .*: its feature 1 is 1.0 in every one of"
                  + " these samples, so that its variance is 0: raise epsilon, or leave the feature"
                  + " out .*");
    }
  }

  @Test
  void anInfiniteRateIsCaughtInItsStep() {
    Objective objective = classifier(new JvmEngineProvider());
    SchedulePlan rates =
        (stepsPerEpoch, steps) -> step -> step < 3 ? 0.1 : Double.POSITIVE_INFINITY;
    try (LocalGradients source = new LocalGradients(objective, shards(samples(-1, 0)))) {
      assertThat(diverge(trainer(source, objective, rates), 3))
          .hasMessage(
              "training diverged at epoch 1, step 4 of 4: the learning rate is Infinity;"
                  + " train.schedule lets it grow without bound; give it a factor below 1, or an end");
    }
  }

  @Test
  void aRateThatThrowsTheWeightsOutIsCaughtInItsStep() {
    Objective objective = classifier(new JvmEngineProvider());
    try (LocalGradients source = new LocalGradients(objective, shards(samples(-1, 0)))) {
      assertThat(diverge(trainer(source, objective, constant(1e300)), 0))
          .hasMessageMatching(
              "training diverged at epoch 1, step 1 of 4: the update made the (weight|bias) of layer"
                  + " \\d, affine .*, (NaN|-?Infinity), though the gradient is finite \\(learning rate"
                  + " 1.0E300\\); try a smaller rate, e.g. -D train.optimizer.rate=1.00e\\+299");
    }
  }

  private static Objective regression() {
    return objective(
        new JvmEngineProvider(), new SquaredError(), new Affine(1, 1, false, Initializer.ONE));
  }

  /** One sample in each shard. */
  private static LocalGradients oneEach(Objective objective, float[] features, float[] targets) {
    List<Shard> shards = new ArrayList<>();
    for (int s = 0; s < features.length; s++) {
      Samples one = new Samples(new Schema(Shape.flat(1), false, 1, false), 1);
      one.add(new float[] {features[s]}, new float[] {targets[s]}, 1);
      shards.add(Shard.of(s, features.length, 1, List.of(one)));
    }
    return new LocalGradients(objective, shards);
  }

  @Test
  void saysWhereInThePassItBegins() {
    assertFound(1, Float.POSITIVE_INFINITY, Place.TARGET, "what should be predicted");
    assertFound(3e38f, 0, Place.LOSS, "the derivative of the loss");
    assertFound(1e30f, 0, Place.GRADIENT, "the gradient by the weight of layer 0, affine 1 -> 1,");
  }

  private static void assertFound(float feature, float target, Place place, String what) {
    Objective objective = regression();
    try (LocalGradients source =
        oneEach(objective, new float[] {1, feature}, new float[] {1, target})) {
      NonFiniteShard found = source.findNonFinite(new float[] {1}, Step.of(0, 1));
      assertThat(found)
          .isNotNull()
          .satisfies(
              it -> {
                assertThat(it.shard()).isEqualTo(1);
                assertThat(it.where().place()).isEqualTo(place);
                assertThat(it.describe()).startsWith(what);
              });
    }
  }

  @Test
  void findsParametersThatAreNotFinite() {
    Objective objective = regression();
    try (LocalGradients source = oneEach(objective, new float[] {1}, new float[] {1})) {
      Step step = Step.of(0, 1);
      assertThat(source.findNonFinite(new float[] {1}, step)).isNull();
      NonFiniteShard found = source.findNonFinite(new float[] {Float.NaN}, step);
      assertThat(found)
          .isNotNull()
          .extracting(NonFiniteShard::describe)
          .isEqualTo("the weight of layer 0, affine 1 -> 1, is NaN in shard 0");
    }
  }

  @Test
  void aSumMayOverflowThoughNoShardDoes() {
    Objective objective = regression();
    float x = 1.2e19f;
    try (LocalGradients source =
        oneEach(objective, new float[] {x, x, x, x}, new float[] {0, 0, 0, 0})) {
      assertThat(diverge(trainer(source, objective, constant(0.1)), 0))
          .hasMessageContaining("each shard's gradient is finite, but their sum is not");
    }
  }
}
