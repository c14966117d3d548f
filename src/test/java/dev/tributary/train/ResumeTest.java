package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.TestSamples;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.train.metrics.Evaluation;
import dev.tributary.train.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that goes on from a snapshot comes to what the run came to that never stopped. */
final class ResumeTest {
  private static final Map<String, Optimizer> OPTIMIZERS =
      Map.of(
          "sgd", Optimizer.sgd(0, false, 0),
          "momentum", Optimizer.sgd(0.9, true, 1e-3),
          "adam", Optimizer.adam(0.9, 0.999, 1e-8, 0),
          "adamw", Optimizer.adamW(0.9, 0.999, 1e-8, 0.01),
          "nadam", Optimizer.nadam(0.9, 0.999, 1e-8, 0.004, 0),
          "rmsprop", Optimizer.rmsprop(0.99, 1e-8, 0.9, 0),
          "adagrad", Optimizer.adagrad(1e-10, 0),
          "adadelta", Optimizer.adadelta(0.9, 1e-6, 0),
          "lamb", Optimizer.lamb(0.9, 0.999, 1e-6, 0.01),
          "lars", Optimizer.lars(0.9, 0.001, 1e-4));

  private static Optimizer optimizer(String name) {
    return Objects.requireNonNull(OPTIMIZERS.get(name));
  }

  /** Keeps what it is given after each of some steps. */
  private static final class Kept implements Checkpointing {
    private final List<Snapshot> all = new ArrayList<>();
    private long stopAfter = Long.MAX_VALUE;
    private long asked;

    @Override
    public boolean isDue(TrainedStep step) {
      return true;
    }

    @Override
    public void save(CompletableFuture<Snapshot> snapshot, boolean isBest) {
      all.add(snapshot.join());
    }

    @Override
    public boolean isStopRequested() {
      asked++;
      return asked >= stopAfter;
    }
  }

  private final Objective objective = TestObjectives.mlp();

  private static Rules rules() {
    return new Rules(
        new Interval(3, false),
        new Metric("loss"),
        true,
        new Rules.Stop(20, 0, null, null, null),
        new Rules.Plateau(0.5, 0, 0.01),
        new Rules.Divergence(new Rules.Rollback(5, 0.5e-10, 9), null));
  }

  private Training training(
      LocalGradients source, Optimizer optimizer, boolean leaps, Checkpointing checkpoints) {
    Trainer.Plan plan =
        new Trainer.Plan(
            optimizer,
            Tensor.whole(objective.network().parameterCount()),
            (stepsPerEpoch, all) -> step -> leaps && step == 7 ? 1e30 : 0.05,
            new Average(0.9),
            4,
            25);
    Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
    return new Training(trainer, ResumeTest::evaluate, rules(), new Observer() {}, checkpoints);
  }

  /** The length of the weights stands for a loss. */
  private static Evaluation evaluate(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += Math.abs(value);
    }
    return TrainingTest.withLoss(sum % 1);
  }

  private LocalGradients source() {
    return new LocalGradients(
        objective,
        TestSamples.shards(
            TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 100, 1),
            4,
            objective.seed()));
  }

  private void checkFromEverySnapshot(Optimizer optimizer, boolean leaps) {
    try (LocalGradients source = source()) {
      Kept kept = new Kept();
      Training.Result whole = training(source, optimizer, leaps, kept).run();
      assertThat(kept.all).hasSizeGreaterThanOrEqualTo(15);
      for (Snapshot snapshot : kept.all) {
        Training again = training(source, optimizer, leaps, Checkpointing.NONE);
        again.resume(snapshot);
        Training.Result result = again.run();
        assertThat(result.values()).isEqualTo(whole.values());
        assertThat(result.samples()).isEqualTo(whole.samples());
        assertThat(result.last().trainLoss()).isEqualTo(whole.last().trainLoss());
        assertThat(result.kept().last()).isEqualTo(whole.kept().last());
        assertThat(result.rollbacks()).isEqualTo(whole.rollbacks());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sgd",
        "momentum",
        "adam",
        "adamw",
        "nadam",
        "rmsprop",
        "adagrad",
        "adadelta",
        "lamb",
        "lars"
      })
  void goesOnFromAnyStepWithAnyOptimizer(String name) {
    checkFromEverySnapshot(optimizer(name), false);
  }

  /** The place to go back to lies before the snapshot: it is part of it. */
  @Test
  void goesBackToWhereTheWholeRunWentBack() {
    checkFromEverySnapshot(Optimizer.sgd(0.9, false, 0), true);
  }

  @Test
  void stopsAfterItsStepWithASnapshot() {
    try (LocalGradients source = source()) {
      Kept kept = new Kept();
      kept.stopAfter = 7;
      Training training = training(source, optimizer("adam"), false, kept);
      assertThatThrownBy(training::run)
          .isInstanceOf(StoppedException.class)
          .hasMessage(
              "stopped on request after step 7 of 16; train --resume with its run directory goes on");
      assertThat(kept.all.get(kept.all.size() - 1).step()).isEqualTo(7);
    }
  }

  @Test
  void refusesTheSnapshotOfAnotherNetwork() {
    try (LocalGradients source = source()) {
      Kept kept = new Kept();
      training(source, optimizer("sgd"), false, kept).run();
      Training adam = training(source, optimizer("adam"), false, Checkpointing.NONE);
      assertThatThrownBy(() -> adam.resume(kept.all.get(0)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageMatching("there is no array slot.0 of .* values in it");
    }
  }
}
