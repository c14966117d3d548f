package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.TestSamples;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.loss.SquaredError;
import dev.tributary.optim.Optimizer;
import dev.tributary.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrainerTest {
  private static final Shape SHAPE = Shape.flat(3);
  private static final int CLASSES = 2;

  /** An affine network with squared error is linear regression, whose answer is known. */
  @Test
  void findsTheLeastSquaresSolution() {
    Samples samples = TestSamples.of(SHAPE, CLASSES, 40, 5);
    Network network = new Network(List.of(new Affine(3, CLASSES, true, Initializer.GLOROT)));
    Objective objective = new Objective(network, new SquaredError(), new JvmEngineProvider(), 1);
    Trainer.Plan wholeBatches =
        TestObjectives.plan(network, Optimizer.sgd(0.95, false, 0), 0.2, 4000, 40);
    try (LocalGradients source = new LocalGradients(objective, TestSamples.shards(samples, 4, 1))) {
      Trainer trainer = new Trainer(source, network, wholeBatches, 1);
      trainer.forEachRemaining(step -> {});
      float[] weights = trainer.values();
      for (int c = 0; c < CLASSES; c++) {
        double[] expected = leastSquares(samples, c);
        for (int j = 0; j < 3; j++) {
          assertThat((double) weights[c * 3 + j]).isCloseTo(expected[j], within(1e-3));
        }
        assertThat((double) weights[CLASSES * 3 + c]).isCloseTo(expected[3], within(1e-3));
      }
    }
  }

  /** Solves (XᵀX) w = Xᵀt, X with a column of ones, t the one-hot targets of one class. */
  private static double[] leastSquares(Samples samples, int targetClass) {
    double[][] a = new double[4][5];
    float[] x = new float[4];
    for (int i = 0; i < samples.count(); i++) {
      samples.write(i, x, 0);
      x[3] = 1;
      double t = samples.label(i) == targetClass ? 1 : 0;
      for (int j = 0; j < 4; j++) {
        for (int k = 0; k < 4; k++) {
          a[j][k] += (double) x[j] * x[k];
        }
        a[j][4] += x[j] * t;
      }
    }
    for (int p = 0; p < 4; p++) {
      for (int row = 0; row < 4; row++) {
        double factor = row == p ? 0 : a[row][p] / a[p][p];
        for (int k = p; k < 5; k++) {
          a[row][k] -= factor * a[p][k];
        }
      }
    }
    return new double[] {
      a[0][4] / a[0][0], a[1][4] / a[1][1], a[2][4] / a[2][2], a[3][4] / a[3][3]
    };
  }

  @Test
  void stepsAreExactEpochs() {
    List<Shard> shards =
        TestSamples.shards(
            TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 1000, 5), 16, 1);
    Objective objective = TestObjectives.mlp();
    try (LocalGradients source = new LocalGradients(objective, shards)) {
      Trainer trainer =
          new Trainer(
              source, objective.network(), TestObjectives.plan(objective.network(), 2, 97), 1);
      List<TrainedStep> steps = new ArrayList<>();
      trainer.forEachRemaining(steps::add);
      assertThat(steps).hasSize(2 * 11);
      assertThat(steps.subList(0, 11).stream().mapToLong(TrainedStep::samples).sum())
          .isEqualTo(1000);
      assertThat(steps.get(10).step().endsEpoch()).isTrue();
      assertThat(steps.get(11).step().epoch()).isEqualTo(1);
      assertThatThrownBy(trainer::next).hasMessage("all 22 steps are done");
    }
  }

  @Test
  void stopsWhenItDivergesAndKeepsTheWeightsBefore() {
    List<Shard> shards =
        TestSamples.shards(
            TestSamples.of(TestObjectives.SHAPE, TestObjectives.CLASSES, 64, 5), 4, 1);
    Objective objective = TestObjectives.mlp();
    Trainer.Plan wild =
        TestObjectives.plan(objective.network(), Optimizer.sgd(0, false, 0), 1e30, 5, 32);
    try (LocalGradients source = new LocalGradients(objective, shards)) {
      Trainer trainer = new Trainer(source, objective.network(), wild, 1);
      trainer.next();
      float[] before = trainer.values().clone();
      assertThatThrownBy(trainer::next)
          .isInstanceOf(DivergedException.class)
          .hasMessageMatching(
              "training diverged at epoch 1, step 2 of 2: the (output|gradient by the weight|derivative)"
                  + " .* is (NaN|-?Infinity) in shard 0, .* \\(loss .*, learning rate 1.0E30\\); try a"
                  + " smaller rate, e.g. -D"
                  + " train.optimizer.rate=1.00e\\+29");
      assertThat(trainer.values()).isEqualTo(before);
    }
  }
}
