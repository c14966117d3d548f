package dev.tributary.spark.slices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.format.WeightsFile;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.spark.MemorySource;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkTest;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Descent;
import dev.tributary.train.DivergedException;
import dev.tributary.train.LocalGradients;
import dev.tributary.train.Objective;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.TestObjectives;
import dev.tributary.train.TrainedStep;
import dev.tributary.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Slices make the oracle's bytes; with one executor here, with many in FaultsIT. */
final class SlicedDescentTest extends SparkTest {
  private static final int SHARDS = 16;
  private static final Samples SAMPLES =
      TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 1000, 3);

  static Stream<Arguments> layouts() {
    Objective mlp = TestObjectives.mlp();
    Objective residual = TestObjectives.residual();
    return Stream.of(
        Arguments.of(mlp, Optimizer.sgd(0, false, 0), 1),
        Arguments.of(mlp, Optimizer.sgd(0.9, true, 1e-3), 16),
        Arguments.of(TestObjectives.cnnWithDropout(), Optimizer.adam(0.9, 0.999, 1e-8, 1e-3), 4),
        Arguments.of(residual, Optimizer.adamW(0.9, 0.99, 1e-8, 0.01), 2),
        Arguments.of(mlp.over(Wire.BF16), Optimizer.sgd(0.9, true, 1e-3), 4),
        Arguments.of(residual.over(Wire.BF16), Optimizer.adam(0.9, 0.99, 1e-8, 0), 1),
        Arguments.of(residual.over(Wire.BF16), Optimizer.adam(0.9, 0.99, 1e-8, 0), 16),
        Arguments.of(residual, Optimizer.rmsprop(0.9, 1e-8, 0.5, 0).clippedByValue(0.1), 8));
  }

  /** With penalties, which are in the loss of each step. */
  private static Trainer.Plan plan(Objective objective, Optimizer optimizer, double rate) {
    Trainer.Plan plain = TestObjectives.plan(objective.network(), optimizer, rate, 2, 97);
    int parameters = objective.network().parameterCount();
    List<Tensor> tensors =
        List.of(
            new Tensor(0, 30, false, new Tensor.Tuning(1, 1e-4, 1e-3)),
            new Tensor(30, parameters, false, Tensor.Tuning.NONE));
    return new Trainer.Plan(optimizer, tensors, plain.schedule(), new Average(0.9), 2, 97);
  }

  private static List<TrainedStep> steps(Trainer trainer) {
    List<TrainedStep> steps = new ArrayList<>();
    trainer.forEachRemaining(steps::add);
    return steps;
  }

  private ShardedData data(Objective objective, int partitions) {
    return ShardedData.of(
        jsc(), new MemorySource(SAMPLES, 150), SHARDS, partitions, objective.seed());
  }

  private static LocalGradients oracle(Objective objective) {
    return new LocalGradients(objective, TestSamples.shards(SAMPLES, SHARDS, objective.seed()));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void makesTheBytesOfTheOracle(Objective objective, Optimizer optimizer, int partitions) {
    Trainer.Plan plan = plan(objective, optimizer, 0.01);
    try (LocalGradients local = oracle(objective);
        ShardedData data = data(objective, partitions);
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 2)) {
      Trainer expected = new Trainer(local, objective.network(), plan, objective.seed());
      Trainer trainer = new Trainer(slices, plan);
      assertThat(steps(trainer)).isEqualTo(steps(expected));
      assertThat(WeightsFile.sha256(trainer.values()))
          .isEqualTo(WeightsFile.sha256(expected.values()));
    }
    awaitNoThreads();
  }

  /** Threads that were told to end do so behind the caller. */
  private static void awaitNoThreads() {
    long until = System.nanoTime() + 20_000_000_000L;
    while (threads() > 0 && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(threads()).isZero();
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tributary-slices"))
        .count();
  }

  /** A state that was taken goes on to the same end, as after a resume or a rollback. */
  @ParameterizedTest
  @EnumSource
  void goesOnFromAState(Wire wire) {
    Objective objective = TestObjectives.residual().over(wire);
    Trainer.Plan plan = plan(objective, Optimizer.adam(0.9, 0.999, 1e-8, 0), 0.01);
    try (ShardedData data = data(objective, 4);
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 8);
        LocalGradients local = oracle(objective);
        PlainDescent plain = new PlainDescent(local, objective.network(), plan, objective.seed())) {
      Trainer ahead = new Trainer(slices, plan);
      for (int i = 0; i < 5; i++) {
        ahead.next();
      }
      Descent.State middle = slices.state().copy();
      for (int i = 5; i < 9; i++) {
        ahead.next();
      }
      Descent.State end = slices.state().copy();
      slices.moveTo(middle);
      plain.moveTo(middle);
      for (int i = 5; i < 9; i++) {
        Step step = Step.of(i, ahead.stepsPerEpoch());
        assertThat(slices.step(step, 0.01)).isEqualTo(plain.step(step, 0.01));
      }
      assertThat(slices.state().values()).isEqualTo(end.values()).isEqualTo(plain.state().values());
      assertThat(slices.state().slots()).isDeepEqualTo(end.slots());
      assertThat(slices.state().averaged()).isEqualTo(end.averaged());
    }
  }

  /** A state comes while further steps are made, and is that of its step. */
  @ParameterizedTest
  @MethodSource("layouts")
  void keepsStatesWhileItGoesOn(Objective objective, Optimizer optimizer, int partitions) {
    Trainer.Plan plan = plan(objective, optimizer, 0.01);
    List<CompletableFuture<Descent.State>> kept = new ArrayList<>();
    List<Descent.State> expected = new ArrayList<>();
    try (LocalGradients local = oracle(objective);
        ShardedData data = data(objective, partitions);
        PlainDescent plain = new PlainDescent(local, objective.network(), plan, objective.seed());
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 2)) {
      kept.add(slices.keep());
      expected.add(plain.state().copy());
      for (int i = 0; i < 10; i++) {
        Step step = Step.of(i, 10);
        assertThat(slices.step(step, 0.01)).isEqualTo(plain.step(step, 0.01));
        if (i % 3 == 0) {
          // The last of them when no step follows; the third asked for twice.
          kept.add(slices.keep());
          expected.add(plain.state().copy());
        }
        if (i == 6) {
          assertThat(slices.keep()).isSameAs(kept.get(kept.size() - 1)).isNotDone();
        }
      }
      assertThat(kept.subList(0, kept.size() - 1)).allMatch(CompletableFuture::isDone);
    }
    assertThat(kept).hasSize(5).allMatch(CompletableFuture::isDone);
    for (int i = 0; i < kept.size(); i++) {
      Descent.State state = kept.get(i).join();
      assertThat(state.values()).isEqualTo(expected.get(i).values());
      assertThat(state.slots()).isDeepEqualTo(expected.get(i).slots());
      assertThat(state.averaged()).isEqualTo(expected.get(i).averaged());
    }
    awaitNoThreads();
  }

  /** What was to be kept before a step that diverges is kept; what is behind it is lost. */
  @ParameterizedTest
  @CsvSource({"1e20, F32", "1e38, F32", "1e38, BF16"})
  void keepsTheStateBeforeItDiverges(double rate, Wire wire) {
    Objective objective = TestObjectives.mlp().over(wire);
    Trainer.Plan plan = plan(objective, Optimizer.sgd(0, false, 0), 0.01);
    try (LocalGradients local = oracle(objective);
        ShardedData data = data(objective, 4);
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 8);
        PlainDescent plain = new PlainDescent(local, objective.network(), plan, objective.seed())) {
      CompletableFuture<Descent.State> good = slices.keep();
      Descent.State expected = plain.state().copy();
      for (int i = 0; i < 4; i++) {
        slices.step(Step.of(i, 10), 0.01);
        good = slices.keep();
        plain.step(Step.of(i, 10), 0.01);
        expected = plain.state().copy();
      }
      List<CompletableFuture<Descent.State>> after = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 4; i < 10; i++) {
                  slices.step(Step.of(i, 10), rate);
                  after.add(slices.keep());
                }
              })
          .isInstanceOf(DivergedException.class);
      assertThat(good.join().values()).isEqualTo(expected.values());
      assertThat(after).allMatch(CompletableFuture::isDone);
    }
  }

  /** Where it diverges, it says so as the oracle does, and is where the oracle is. */
  @ParameterizedTest
  @CsvSource({"1e20, F32", "1e38, F32", "1e20, BF16", "1e38, BF16"})
  void divergesAsTheOracleDoes(double rate, Wire wire) {
    Objective objective = TestObjectives.mlp().over(wire);
    Trainer.Plan plan = plan(objective, Optimizer.sgd(0, false, 0), rate);
    try (LocalGradients local = oracle(objective);
        ShardedData data = data(objective, 4);
        SlicedDescent slices = new SlicedDescent(jsc(), objective, data, plan, 8);
        PlainDescent plain = new PlainDescent(local, objective.network(), plan, objective.seed())) {
      DivergedException expected = diverged(new Trainer(plain, plan));
      DivergedException found = diverged(new Trainer(slices, plan));
      assertThat(found).hasMessage(expected.getMessage());
    }
  }

  private static DivergedException diverged(Trainer trainer) {
    try {
      trainer.forEachRemaining(step -> {});
    } catch (DivergedException e) {
      return e;
    }
    throw new AssertionError("it did not diverge");
  }

  @Test
  void saysWhichRulesItCannotApply() {
    Objective objective = TestObjectives.mlp();
    Trainer.Plan plan = TestObjectives.averaged(objective.network(), 1, 97);
    try (ShardedData data = data(objective, 4)) {
      assertThatThrownBy(() -> new SlicedDescent(jsc(), objective, data, plan, 8))
          .hasMessageContaining("train.exchange = slices cannot update")
          .hasMessageContaining("set train.exchange = tree");
    }
  }
}
