package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Step;
import dev.tributary.nn.Affine;
import dev.tributary.nn.BatchNorm;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.tensor.Ranges;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Several threads that add gradients and move weights come to the bytes of one. */
final class ThreadsTest {
  private static final Network NETWORK =
      new Network(
          List.of(
              new Affine(300, 1001, true, Initializer.HE),
              new BatchNorm(Shape.flat(1001), 1e-5, 0.1)));

  /** A gradient for each step, the same for all who ask. */
  private record Noise(Ranges ranges, Wire wire, int bad) implements GradientSource {
    @Override
    public long samples() {
      return 100;
    }

    @Override
    public GradientSum gradient(float[] weights, Step step) {
      GradientSum[] sums = new GradientSum[8];
      for (int i = 0; i < sums.length; i++) {
        sums[i] = new GradientSum(weights.length, wire.rounded(NETWORK.parameterCount()));
        if (i == 0 || i == 5) {
          continue; // sums over no samples
        }
        Random random = new Random(step.number() * 8 + i);
        float[] gradient = sums[i].gradient();
        for (int k = 0; k < gradient.length; k++) {
          gradient[k] = (float) random.nextGaussian();
        }
        if (bad >= 0) {
          gradient[bad] = Float.NaN;
        }
        sums[i].round();
        sums[i].addScalars(i, 1.5 * i, i);
      }
      return GradientSum.fold(sums, ranges);
    }

    @Override
    public void close() {}
  }

  private static Descent.State train(Ranges ranges, Wire wire, Optimizer optimizer) {
    Trainer.Plan plain = TestObjectives.plan(NETWORK, optimizer, 0.01, 1, 10);
    Trainer.Plan plan =
        new Trainer.Plan(optimizer, plain.tensors(), plain.schedule(), new Average(0.9), 1, 10);
    PlainDescent descent = new PlainDescent(new Noise(ranges, wire, -1), NETWORK, plan, 1);
    for (int i = 0; i < 3; i++) {
      descent.step(Step.of(i, 10), 0.01);
    }
    return descent.state();
  }

  static Stream<Optimizer> rules() {
    return Stream.concat(
        PartDescentTest.rules(),
        Stream.of(
            Optimizer.sgd(0.9, false, 0).clippedByNorm(1), Optimizer.lamb(0.9, 0.999, 1e-6, 0.1)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void moveAsOneDoes(Optimizer optimizer) {
    Descent.State one = train(Ranges.ONE, Wire.F32, optimizer);
    Descent.State three = train(new Ranges(3), Wire.F32, optimizer);
    assertThat(three.values()).isEqualTo(one.values());
    assertThat(three.slots()).isDeepEqualTo(one.slots());
    assertThat(three.averaged()).isEqualTo(one.averaged());
  }

  @ParameterizedTest
  @EnumSource(Wire.class)
  void addAsOneDoes(Wire wire) {
    Optimizer optimizer = Optimizer.sgd(0, false, 0);
    assertThat(train(new Ranges(4), wire, optimizer).values())
        .isEqualTo(train(Ranges.ONE, wire, optimizer).values());
  }

  @Test
  void findWhatIsNotFiniteBeforeAnythingMoves() {
    Trainer.Plan plan = TestObjectives.plan(NETWORK, 1, 10);
    int last = NETWORK.parameterCount() - 1;
    PlainDescent descent =
        new PlainDescent(new Noise(new Ranges(3), Wire.F32, last), NETWORK, plan, 1);
    float[] before = descent.state().values().clone();
    assertThatThrownBy(() -> descent.step(Step.of(0, 10), 0.01))
        .isInstanceOf(DivergedException.class);
    assertThat(descent.state().values()).isEqualTo(before);
  }
}
