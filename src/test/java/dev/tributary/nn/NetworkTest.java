package dev.tributary.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.engine.Activation;
import dev.tributary.engine.Buffer;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NetworkTest {
  @Test
  void refusesALayerThatDoesNotFitTheOneBefore() {
    assertThatThrownBy(
            () ->
                new Network(
                    List.of(
                        new Affine(5, 7, true, Initializer.HE),
                        new Affine(8, 3, true, Initializer.HE))))
        .hasMessage(
            "layer 1, affine 8 -> 3, reads 8 features, but layer 0, affine 5 -> 7, gives 7 features");
  }

  @Test
  void refusesKernelsThatDoNotFit() {
    Window nine = Window.of(9, 1, 1);
    assertThatThrownBy(
            () ->
                new Convolution(
                    new ConvolutionSize(Shape.image(6, 20, 1), 2, nine, nine, 1),
                    true,
                    Initializer.HE))
        .hasMessage(
            "the kernel of convolution spans 9x9 pixels, but the image of 6x20 with padding 1 has"
                + " only 8x22 (height x width); use a smaller kernel or more padding");
    Window padded = Window.of(2, 2, 2);
    assertThatThrownBy(
            () ->
                new Pool(
                    new PoolSize(
                        PoolSize.Kind.MAX, Shape.image(6, 6, 1), padded, padded, false, false)))
        .hasMessage(
            "padding of a pooling window must be at most half of it: 2 is more than half of 2");
    Window three = Window.of(3, 1, 0);
    assertThatThrownBy(
            () ->
                new Convolution(
                    new ConvolutionSize(Shape.image(6, 6, 3), 4, three, three, 2),
                    true,
                    Initializer.HE))
        .hasMessage(
            "groups must divide both the 3 channels of the input and the 4 filters; 2 does not");
  }

  @Test
  void parametersLieOneBehindTheOther() {
    Network network =
        new Network(
            List.of(
                new Affine(3, 4, true, Initializer.HE),
                new Elementwise(Activation.RELU, Shape.flat(4)),
                new Affine(4, 2, false, Initializer.GLOROT)));
    assertThat(network.slices()).extracting(Network.Slice::offset).containsExactly(0, 12, 16);
    assertThat(network.parameterCount()).isEqualTo(24);
    assertThat(network.table()).contains("affine 3 -> 4").contains("24");
  }

  @Test
  void initialWeightsHaveTheVarianceTheirPapersAskFor() {
    Network network =
        new Network(
            List.of(
                new Affine(400, 300, true, Initializer.HE),
                new Affine(300, 200, true, Initializer.GLOROT)));
    float[] weights = network.initialValues(3);
    assertThat(weights).isEqualTo(network.initialValues(3)).isNotEqualTo(network.initialValues(4));
    assertThat(variance(weights, 0, 120_000)).isBetween(0.98 * 2 / 400, 1.02 * 2 / 400);
    assertThat(variance(weights, 120_300, 60_000)).isBetween(0.98 * 2 / 500, 1.02 * 2 / 500);
    for (int i = 120_000; i < 120_300; i++) {
      assertThat(weights[i]).isZero();
    }
  }

  private static double variance(float[] values, int from, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) values[from + i] * values[from + i];
    }
    return sum / count;
  }

  /**
   * Inference leaves dropout out; in training the mask keeps the expectation and follows its keys.
   */
  @Test
  void dropoutActsInTrainingOnly() {
    Dropout dropout = new Dropout(0.3, Shape.flat(1000));
    LayerRun run = new LayerRun(dropout, new JvmEngineProvider().open(), 10);
    float[] ones = new float[10_000];
    java.util.Arrays.fill(ones, 1f);
    assertThat(run.forward(ones, Pass.INFERENCE)).isEqualTo(ones);
    float[] dropped = run.forward(ones, Pass.training(1, 2, 3));
    int zeros = 0;
    for (float v : dropped) {
      assertThat(v == 0f || v == (float) (1 / 0.7)).isTrue();
      zeros += v == 0f ? 1 : 0;
    }
    // Binomial: mean 3000, deviation 46.
    assertThat(zeros).isBetween(2770, 3230);
    assertThat(run.backward(ones)).isEqualTo(dropped);
    assertThat(run.forward(ones, Pass.training(1, 2, 3))).isEqualTo(dropped);
    assertThat(run.forward(ones, Pass.training(1, 2, 4))).isNotEqualTo(dropped);
    assertThat(run.forward(ones, Pass.training(1, 3, 3))).isNotEqualTo(dropped);
    assertThat(run.forward(ones, Pass.training(2, 2, 3))).isNotEqualTo(dropped);
    assertThatThrownBy(() -> new Dropout(1, Shape.flat(1)))
        .hasMessage("probability of dropout must be at least 0 and below 1, not 1.0");
  }

  /** Smaller and larger batches in turn, inference between: what is left over must not show. */
  @Test
  void buffersOfOldBatchesDoNotShow() {
    Network network =
        new Network(
            List.of(
                new Affine(4, 6, true, Initializer.HE),
                new Elementwise(Activation.TANH, Shape.flat(6)),
                new Affine(6, 3, true, Initializer.HE)));
    float[] weights = network.initialValues(1);
    Execution used = new Execution(network, new JvmEngineProvider().open());
    used.load(weights);
    for (int n : new int[] {5, 2, 9, 1, 9, 3}) {
      Batch batch = new Batch(Shape.flat(4));
      batch.resize(n);
      for (int i = 0; i < 4 * n; i++) {
        batch.features()[i] = (float) Math.cos(i * n);
      }
      Execution fresh = new Execution(network, new JvmEngineProvider().open());
      fresh.load(weights);
      used.forward(batch, Pass.INFERENCE);
      double loss = used.lossAndGradient(batch, new SoftmaxCrossEntropy(), Pass.training(1, 1, 1));
      double expected =
          fresh.lossAndGradient(batch, new SoftmaxCrossEntropy(), Pass.training(1, 1, 1));
      assertThat(loss).isEqualTo(expected);
      assertThat(values(used.gradient())).isEqualTo(values(fresh.gradient()));
    }
  }

  private static float[] values(Buffer buffer) {
    float[] values = new float[buffer.size()];
    buffer.get(values, 0, values.length);
    return values;
  }
}
