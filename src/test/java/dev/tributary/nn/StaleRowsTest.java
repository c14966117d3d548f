package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.engine.EngineProvider;
import dev.tributary.engine.TestEngines;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Buffers have rows behind the batch, where an earlier one was: nothing of it is in a result. */
class StaleRowsTest {
  private static final int CLASSES = 3;
  private static final int FEATURES = 5;

  static List<Named<EngineProvider>> engines() {
    return TestEngines.all();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void nothingIsLeftOfALargerBatch(EngineProvider engine) {
    Network network =
        new Network(
            List.of(
                new Affine(FEATURES, 7, true, Initializer.HE),
                new Affine(7, CLASSES, true, Initializer.HE)));
    assertThat(Memory.rows(259)).isEqualTo(272);
    try (Execution fresh = new Execution(network, engine.open());
        Execution used = new Execution(network, engine.open())) {
      used.load(network.initialValues(1));
      Batch spoiled = batch(300);
      Arrays.fill(spoiled.features(), Float.NaN);
      used.lossAndGradient(spoiled, new SoftmaxCrossEntropy(), Pass.training(1, 0, 0));
      assertThat(result(used, network)).isEqualTo(result(fresh, network));
    }
  }

  private static float[] result(Execution execution, Network network) {
    execution.load(network.initialValues(1));
    float[] all = new float[network.valueCount() + 1];
    all[network.valueCount()] =
        (float)
            execution.lossAndGradient(
                batch(259), new SoftmaxCrossEntropy(), Pass.training(1, 0, 0));
    execution.gradient().get(all, 0, network.valueCount());
    assertThat(all).doesNotContain(Float.NaN);
    return all;
  }

  private static Batch batch(int n) {
    Batch batch = new Batch(Shape.flat(FEATURES));
    batch.resize(n);
    for (int i = 0; i < n; i++) {
      batch.labels()[i] = i % CLASSES;
      for (int j = 0; j < FEATURES; j++) {
        batch.features()[i * FEATURES + j] = ((i * 7 + j * 3) % 11 - 5) / 4f;
      }
    }
    return batch;
  }
}
