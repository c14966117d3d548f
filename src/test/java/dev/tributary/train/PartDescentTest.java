package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Step;
import dev.tributary.data.TestSamples;
import dev.tributary.nn.Network;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.train.PartDescent.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parts moved one by one are the whole moved at once, to the byte. */
final class PartDescentTest {
  private static final Samples SAMPLES =
      TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 200, 3);

  static Stream<Optimizer> rules() {
    return Stream.of(
        Optimizer.sgd(0.9, true, 1e-3),
        Optimizer.adam(0.9, 0.999, 1e-8, 1e-2),
        Optimizer.nadam(0.9, 0.999, 1e-8, 0.004, 0),
        Optimizer.adagrad(1e-8, 0).clippedByValue(0.01),
        Optimizer.adadelta(0.9, 1e-6, 1e-3),
        Optimizer.rmsprop(0.9, 1e-8, 0.9, 0));
  }

  /** Tensors that are frozen, penalised, faster; parts begin and end inside of them. */
  private static List<Tensor> tensors(Network network) {
    List<Tensor.Tuning> tunings = new ArrayList<>();
    for (int i = 0; i < network.layers().size(); i++) {
      tunings.add(
          switch (i % 3) {
            case 0 -> new Tensor.Tuning(2, 1e-4, 1e-3);
            case 1 -> Tensor.Tuning.NONE;
            default -> new Tensor.Tuning(0, 0, 0);
          });
    }
    return Trainer.tensors(network, tunings);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void movesAsTheWhole(Optimizer optimizer) {
    Objective objective = TestObjectives.residual();
    Network network = objective.network();
    Trainer.Plan plan =
        new Trainer.Plan(
            optimizer, tensors(network), (e, n) -> step -> 0.01, new Average(0.8), 1, 50);
    int parameters = network.parameterCount();
    List<Integer> cuts =
        List.of(0, 1, 7, 50, parameters / 2, parameters, parameters + 3, network.valueCount());
    try (LocalGradients source = new LocalGradients(objective, TestSamples.shards(SAMPLES, 4, 1))) {
      PlainDescent whole = new PlainDescent(source, network, plan, 1);
      PartDescent.Rule rule = new PartDescent.Rule(optimizer, plan.tensors(), plan.average());
      List<PartDescent> parts = new ArrayList<>();
      for (int i = 0; i + 1 < cuts.size(); i++) {
        parts.add(new PartDescent(network, rule, cuts.get(i), cuts.get(i + 1), whole.state()));
      }
      for (int n = 0; n < 6; n++) {
        Step step = Step.of(n, 4);
        GradientSum sum = source.gradient(whole.state().values().clone(), step);
        float[] gradient = sum.gradient().clone();
        for (int i = 0; i < parts.size(); i++) {
          float[] piece = Arrays.copyOfRange(gradient, cuts.get(i), cuts.get(i + 1));
          assertThat(parts.get(i).step(piece, sum.weight(), sum.samples(), 0.01, n))
              .isEqualTo(Outcome.MOVED);
        }
        whole.step(step, 0.01);
        Descent.State state = whole.state();
        for (int i = 0; i < parts.size(); i++) {
          int from = cuts.get(i);
          int to = cuts.get(i + 1);
          PartDescent part = parts.get(i);
          assertThat(part.values()).isEqualTo(Arrays.copyOfRange(state.values(), from, to));
          assertThat(part.averaged()).isEqualTo(Arrays.copyOfRange(state.averaged(), from, to));
          for (int k = 0; k < optimizer.slots(); k++) {
            assertThat(part.slot(k))
                .isEqualTo(
                    from < parameters
                        ? Arrays.copyOfRange(state.slots()[k], from, to)
                        : new float[0]);
          }
        }
      }
    }
  }

  @Test
  void tellsWhatIsNotFinite() {
    Network network = TestObjectives.residual().network();
    Optimizer sgd = Optimizer.sgd(0, false, 0);
    PartDescent.Rule rule = new PartDescent.Rule(sgd, Tensor.whole(network.parameterCount()), null);
    float[] values = network.initialValues(1);
    Descent.State state = new Descent.State(values, new float[0][], null);
    PartDescent part = new PartDescent(network, rule, 3, 6, state);
    assertThat(part.step(new float[] {1, Float.NaN, 1}, 2, 2, 0.1, 0))
        .isEqualTo(Outcome.BAD_GRADIENT);
    assertThat(part.values()).isEqualTo(Arrays.copyOfRange(values, 3, 6));
    assertThat(part.step(new float[] {1, 3e38f, 1}, 1, 2, 10, 0)).isEqualTo(Outcome.BAD_UPDATE);
    int parameters = network.parameterCount();
    PartDescent ofState = new PartDescent(network, rule, parameters, parameters + 2, state);
    assertThat(ofState.step(new float[] {1, Float.POSITIVE_INFINITY}, 1, 2, 0.1, 0))
        .isEqualTo(Outcome.BAD_GRADIENT);
    assertThatThrownBy(() -> new PartDescent(network, rule, parameters - 1, parameters + 1, state))
        .hasMessageContaining("are neither weights nor state alone");
  }
}
