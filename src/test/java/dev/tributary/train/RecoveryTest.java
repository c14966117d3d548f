package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestSamples;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.train.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run does when it diverges. */
final class RecoveryTest {
  private static final int EPOCHS = 3;
  private final List<String> rollbacks = new ArrayList<>();
  private final List<TrainedStep> steps = new ArrayList<>();
  private final List<Double> trainLosses = new ArrayList<>();

  private final Observer observer =
      new Observer() {
        @Override
        public void stepped(TrainedStep step) {
          steps.add(step);
        }

        @Override
        public void reached(Milestone milestone) {
          trainLosses.add(milestone.trainLoss());
        }

        @Override
        public void rolledBack(DivergedException why, long to, double rateFactor) {
          rollbacks.add(to + " " + rateFactor);
        }
      };

  private static Rules rules(Rules.Divergence divergence) {
    return new Rules(
        new Interval(1, true),
        new Metric("loss"),
        false,
        new Rules.Stop(null, 0, null, null, null),
        null,
        divergence);
  }

  private Training.Result train(Samples samples, double rate, Rules.Divergence divergence) {
    Objective objective = TestObjectives.mlp();
    Trainer.Plan plan =
        new Trainer.Plan(
            Optimizer.sgd(0.9, false, 0),
            Tensor.whole(objective.network().parameterCount()),
            // The rate is out of all bounds in the second epoch alone.
            (stepsPerEpoch, all) ->
                step -> step >= stepsPerEpoch && step < 2 * stepsPerEpoch ? rate : 0.01,
            new Average(0.9),
            EPOCHS,
            25);
    try (LocalGradients source =
        new LocalGradients(objective, TestSamples.shards(samples, 4, objective.seed()))) {
      Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
      return new Training(trainer, null, rules(divergence), observer).run();
    }
  }

  private static Samples samples() {
    return TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 100, 1);
  }

  @Test
  void goesBackUntilTheRateIsSmallEnough() {
    Rules.Rollback rollback = new Rules.Rollback(3, 0.5e-10, 9);
    Training.Result result = train(samples(), 1e30, new Rules.Divergence(rollback, null));
    // Epochs have 4 steps: the place before the second epoch is that before step 3.
    assertThat(rollbacks).startsWith("3 5.0E-11").hasSizeBetween(2, 4);
    assertThat(result.rollbacks()).isEqualTo(rollbacks.size());
    assertThat(result.steps()).isEqualTo(EPOCHS * 4);
    assertThat(result.values()).doesNotContain(Float.NaN, Float.POSITIVE_INFINITY);
    // The first epoch's last step is made again each time that the run goes back to before it, to
    // the same sum.
    int again = (int) rollbacks.stream().filter(r -> r.startsWith("3 ")).count();
    assertThat(trainLosses).hasSize(EPOCHS + again).allMatch(Double::isFinite);
    assertThat(trainLosses.subList(0, again + 1)).containsOnly(trainLosses.get(0));
    TrainedStep last = steps.get(steps.size() - 1);
    double factor = Double.parseDouble(rollbacks.get(rollbacks.size() - 1).split(" ", -1)[1]);
    assertThat(last.rate()).isEqualTo(factor * 0.01);
  }

  /** What is left of a way that was given up is nothing: not in weights, momentum or average. */
  @Test
  void nothingIsLeftOfTheWayThatWasGivenUp() {
    double factor = 1e-33;
    Rules.Rollback rollback = new Rules.Rollback(4, factor, 1);
    Training.Result recovered = train(samples(), 1e30, new Rules.Divergence(rollback, null));
    assertThat(rollbacks).containsExactly("4 " + factor);

    Objective objective = TestObjectives.mlp();
    Trainer.Plan plan =
        new Trainer.Plan(
            Optimizer.sgd(0.9, false, 0),
            Tensor.whole(objective.network().parameterCount()),
            (stepsPerEpoch, all) -> step -> step >= 4 && step < 8 ? 1e30 : 0.01,
            new Average(0.9),
            EPOCHS,
            25);
    try (LocalGradients source =
        new LocalGradients(objective, TestSamples.shards(samples(), 4, objective.seed()))) {
      Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
      for (int i = 0; i < 4; i++) {
        trainer.next();
      }
      trainer.scaleRate(factor);
      trainer.forEachRemaining(step -> {});
      assertThat(recovered.values()).isEqualTo(trainer.values());
    }
  }

  @Test
  void endsWhenItHasGoneBackTooOften() {
    Rules.Divergence divergence = new Rules.Divergence(new Rules.Rollback(3, 0.9, 2), null);
    assertThatThrownBy(() -> train(samples(), 1e30, divergence))
        .isInstanceOf(DivergedException.class)
        .hasMessageStartingWith("training diverged at epoch 2, step ")
        .hasMessageEndingWith("; the run went back 2 times before, as train.rollback.most allows");
    assertThat(rollbacks).hasSize(2);
  }

  @Test
  void endsWithoutARollback() {
    assertThatThrownBy(() -> train(samples(), 1e30, new Rules.Divergence(null, null)))
        .isInstanceOf(DivergedException.class);
    assertThat(rollbacks).isEmpty();
  }

  /** No rate helps against data that is not finite. */
  @Test
  void doesNotGoBackForTheData() {
    Schema schema = new Schema(TestObjectives.SHAPE, false, 0, false);
    Samples samples = new Samples(schema, 100);
    for (int i = 0; i < 100; i++) {
      float[] pixels = new float[TestObjectives.SHAPE.size()];
      pixels[i % pixels.length] = i == 50 ? Float.NaN : 1;
      samples.add(pixels, i % TestObjectives.CLASSES);
    }
    Rules.Divergence divergence = new Rules.Divergence(new Rules.Rollback(3, 0.5, 5), null);
    assertThatThrownBy(() -> train(samples, 0.01, divergence))
        .isInstanceOf(DivergedException.class)
        .hasMessageContaining("clean or leave out the samples");
    assertThat(rollbacks).isEmpty();
  }

  @Test
  void aLeapOfTheLossIsDivergenceToo() {
    Objective objective = TestObjectives.mlp();
    Samples samples = samples();
    Trainer.Plan plan =
        new Trainer.Plan(
            Optimizer.sgd(0, false, 0),
            Tensor.whole(objective.network().parameterCount()),
            (stepsPerEpoch, all) -> step -> step == 29 ? 1e4 : 0.01,
            null,
            10,
            25);
    try (LocalGradients source =
        new LocalGradients(objective, TestSamples.shards(samples, 4, objective.seed()))) {
      Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
      Training training =
          new Training(trainer, null, rules(new Rules.Divergence(null, 10.0)), observer);
      assertThatThrownBy(training::run)
          .isInstanceOf(DivergedException.class)
          .hasMessageMatching(
              "training diverged at epoch 8, step 3 of 4: the loss is .*, over train.loss_spike = 10.0"
                  + " times the .* of the steps before \\(learning rate 0.01\\); try a smaller rate,"
                  + " e.g. -D train.optimizer.rate=0.00100");
    }
  }
}
