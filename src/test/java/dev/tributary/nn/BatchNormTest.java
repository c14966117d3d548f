package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.tensor.Shape;
import org.junit.jupiter.api.Test;

/** What PyTorch's figures do not show: the frozen layer. */
final class BatchNormTest {
  private static final float[] X = {1, 2, 3, 4, 5, 6, 7, 8};

  private static LayerRun run(BatchNorm layer) {
    LayerRun run = new LayerRun(layer, new JvmEngineProvider().open(), 4);
    run.setParameter(0, new float[] {2, 3});
    run.setParameter(1, new float[] {-1, 1});
    run.setState(0, new float[] {0.5f, -0.5f});
    run.setState(1, new float[] {4, 9});
    return run;
  }

  /** In training it does what inference does, and its derivative is that of constants. */
  @Test
  void aFrozenOneUsesItsRunningStatisticsInTraining() {
    Shape shape = Shape.flat(2);
    LayerRun frozen = run(new BatchNorm(shape, 1e-5, 0.1, true));
    LayerRun thawed = run(new BatchNorm(shape, 1e-5, 0.1));
    float[] y = frozen.forward(X, Pass.training(1, 0, 0));
    assertThat(y)
        .isEqualTo(thawed.forward(X, Pass.INFERENCE))
        .isNotEqualTo(thawed.forward(X, Pass.training(1, 0, 0)));
    float[] dy = {1, 0, 0, 1, 0, 0, 0, 0};
    assertThat(frozen.backward(dy)[0]).isEqualTo((float) (2 / Math.sqrt(4 + 1e-5)));
  }

  @Test
  void aFrozenOnesStateDoesNotMove() {
    BatchNorm layer = new BatchNorm(Shape.flat(2), 1e-5, 0.1, true);
    assertThat(layer.states()).allSatisfy(s -> assertThat(s.momentum()).isZero());
  }
}
