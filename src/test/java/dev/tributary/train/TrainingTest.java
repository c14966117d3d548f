package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.TestSamples;
import dev.tributary.nn.Batch;
import dev.tributary.nn.Loss;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.tensor.Shape;
import dev.tributary.train.metrics.Evaluation;
import dev.tributary.train.metrics.Metric;
import dev.tributary.train.metrics.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When a run evaluates, ends and what it keeps, with evaluations whose results are given. */
final class TrainingTest {
  private static final int EPOCHS = 8;
  private static final int STEPS = 4;
  private static final Rules.Stop NEVER = new Rules.Stop(null, 0, null, null, null);

  private final List<Observer.Milestone> milestones = new ArrayList<>();
  private final List<float[]> evaluated = new ArrayList<>();
  private final List<Double> rates = new ArrayList<>();

  private static Rules rules(boolean keepBest, Rules.Stop stop, Rules.@Nullable Plateau plateau) {
    return new Rules(new Interval(1, true), new Metric("loss"), keepBest, stop, plateau);
  }

  private static Rules.Stop patience(int patience, double minChange) {
    return new Rules.Stop(patience, minChange, null, null, null);
  }

  static Evaluation withLoss(double loss) {
    Loss squared = new SquaredError();
    Evaluation evaluation = Task.NUMBERS.start(squared, 1);
    Batch batch = new Batch(Shape.flat(1));
    batch.resize(1);
    batch.targets(1)[0] = 0;
    evaluation.count(batch, new float[1], new float[1], loss, 1);
    return evaluation;
  }

  /** Trains with evaluations that find these losses, one after the other. */
  private Training.Result train(Rules rules, double... losses) {
    Objective objective = TestObjectives.mlp();
    Iterator<Double> next = Arrays.stream(losses).iterator();
    Function<float[], Evaluation> evaluator =
        values -> {
          evaluated.add(values.clone());
          return withLoss(next.next());
        };
    Observer observer =
        new Observer() {
          @Override
          public void stepped(TrainedStep step) {
            rates.add(step.rate());
          }

          @Override
          public void reached(Milestone milestone) {
            milestones.add(milestone);
          }
        };
    try (LocalGradients source =
        new LocalGradients(
            objective,
            TestSamples.shards(
                TestSamples.of(objective.network().input(), 10, 100, 1), 4, objective.seed()))) {
      Trainer trainer =
          new Trainer(
              source,
              objective.network(),
              TestObjectives.plan(objective.network(), EPOCHS, 25),
              objective.seed());
      return new Training(trainer, evaluator, rules, observer).run();
    }
  }

  @Test
  void evaluatesEachEpochAndKeepsTheLast() {
    Training.Result result = train(rules(false, NEVER, null), 8, 7, 6, 5, 4, 3, 2, 9);
    assertThat(result.steps()).isEqualTo(EPOCHS * STEPS);
    assertThat(result.samples()).isEqualTo(EPOCHS * 100);
    assertThat(result.stopped()).isNull();
    assertThat(evaluated).hasSize(EPOCHS);
    assertThat(result.values()).isEqualTo(evaluated.get(EPOCHS - 1));
    assertThat(result.kept()).isSameAs(result.last());
    assertThat(milestones)
        .extracting(Observer.Milestone::isBest)
        .containsExactly(true, true, true, true, true, true, true, false);
  }

  @Test
  void stopsWhenPatienceIsOverAndKeepsTheBest() {
    Training.Result result = train(rules(true, patience(2, 0), null), 8, 5, 6, 5, 1);
    assertThat(result.steps()).isEqualTo(4 * STEPS);
    assertThat(result.values()).isEqualTo(evaluated.get(1)).isNotEqualTo(evaluated.get(3));
    assertThat(result.kept().evaluation()).isNotNull();
    assertThat(result.kept().last().step().number()).isEqualTo(2 * STEPS - 1);
    assertThat(result.stopped())
        .isEqualTo("loss has not become better than 5.00000 in 2 evaluations");
  }

  @Test
  void aSmallChangeIsNoneForPatienceButTheBestIsKept() {
    Training.Result result = train(rules(true, patience(2, 0.5), null), 8, 5, 4.9, 4.8, 1);
    assertThat(result.steps()).isEqualTo(4 * STEPS);
    assertThat(result.values()).isEqualTo(evaluated.get(3));
  }

  @Test
  void aLossThatIsNotANumberIsNeverBest() {
    Training.Result result = train(rules(true, patience(2, 0), null), 8, Double.NaN, Double.NaN);
    assertThat(result.values()).isEqualTo(evaluated.get(0));
  }

  @Test
  void stopsAtTheTarget() {
    Rules.Stop target = new Rules.Stop(null, 0, 5.0, null, null);
    Training.Result result = train(rules(false, target, null), 8, 6, 4.5, 1);
    assertThat(result.steps()).isEqualTo(3 * STEPS);
    assertThat(result.stopped()).isEqualTo("loss is 4.50000");
  }

  @Test
  void stopsAtAStepAndEvaluatesThere() {
    Rules.Stop steps = new Rules.Stop(null, 0, null, 6, null);
    Training.Result result = train(rules(false, steps, null), 8, 7);
    assertThat(result.steps()).isEqualTo(6);
    assertThat(result.stopped()).isEqualTo("step 6 is reached");
    assertThat(evaluated).hasSize(2);
  }

  @Test
  void stopsWhenItsTimeIsOver() {
    Rules.Stop minutes = new Rules.Stop(null, 0, null, null, 1e-9);
    Training.Result result = train(rules(false, minutes, null), 8);
    assertThat(result.steps()).isEqualTo(1);
    assertThat(result.stopped()).isEqualTo("its 1.0E-9 minutes are over");
  }

  @Test
  void evaluatesEverySoManySteps() {
    Rules rules = new Rules(new Interval(3, false), new Metric("loss"), false, NEVER, null);
    train(rules, new double[30]);
    // After steps 3, 6, … 30, and at the end.
    assertThat(evaluated).hasSize(11);
    assertThat(milestones).filteredOn(m -> m.evaluation() == null).hasSize(EPOCHS - 3);
  }

  @Test
  void lowersTheRateOnAPlateau() {
    Rules rules = rules(false, NEVER, new Rules.Plateau(0.1, 1, 0));
    train(rules, 8, 9, 9, 9, 9, 9, 1, 1);
    // The second evaluation that is no better, after epochs 3 and 5, lowers it.
    assertThat(rates.get(3 * STEPS - 1)).isEqualTo(0.05);
    assertThat(rates.get(3 * STEPS)).isCloseTo(0.005, within(1e-12));
    assertThat(rates.get(5 * STEPS)).isCloseTo(0.0005, within(1e-12));
    assertThat(rates.get(8 * STEPS - 1)).isCloseTo(0.0005, within(1e-12));
  }

  @Test
  void refusesAMetricThatTheTaskHasNot() {
    Rules rules = new Rules(new Interval(1, true), new Metric("accuracy"), false, NEVER, null);
    assertThatThrownBy(() -> rules.check(List.of("rmse", "loss"), true))
        .hasMessage("train.metric = accuracy is not a metric of this task; known here: rmse, loss");
    assertThatThrownBy(() -> rules(true, NEVER, null).check(List.of("loss"), false))
        .hasMessageContaining("there is no data to evaluate on; give data.validation_share");
  }
}
