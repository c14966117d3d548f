package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.tributary.data.Samples;
import dev.tributary.data.Shard;
import dev.tributary.data.TestSamples;
import dev.tributary.data.digits.Digits;
import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Convolution;
import dev.tributary.nn.Elementwise;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.Network;
import dev.tributary.nn.Pool;
import dev.tributary.nn.Reshape;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.optim.Optimizer;
import dev.tributary.tensor.Shape;
import dev.tributary.tensor.Wire;
import dev.tributary.train.metrics.Classification;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Training with rounded weights and gradients still learns, and as well. */
final class WireTest {
  private static final Shape IMAGE = Shape.image(Digits.HEIGHT, Digits.WIDTH, 1);

  private static Objective objective() {
    Window three = Window.of(3, 2, 1);
    Convolution first =
        new Convolution(
            new ConvolutionSize(IMAGE, 8, Window.of(5, 1, 2), Window.of(5, 1, 2), 1),
            true,
            Initializer.HE);
    Window two = Window.of(2, 2, 0);
    Pool pool = new Pool(new PoolSize(PoolSize.Kind.MAX, first.output(), two, two, false, false));
    Convolution second =
        new Convolution(
            new ConvolutionSize(pool.output(), 16, three, three, 1), true, Initializer.HE);
    Network network =
        new Network(
            List.of(
                first,
                new Elementwise(Activation.RELU, first.output()),
                pool,
                second,
                new Elementwise(Activation.RELU, second.output()),
                Reshape.flatten(second.output()),
                new Affine(second.output().size(), 10, true, Initializer.GLOROT)));
    return new Objective(network, new SoftmaxCrossEntropy(), new JvmEngineProvider(), 5);
  }

  private static List<Shard> digits(Digits.Part part, int count) {
    Digits digits = new Digits(1, part);
    Samples samples = new Samples(IMAGE, count);
    byte[] pixels = new byte[IMAGE.size()];
    for (int i = 0; i < count; i++) {
      digits.draw(i, pixels, 0);
      samples.add(pixels, 0, digits.label(i));
    }
    return TestSamples.shards(samples, 16, 1);
  }

  /** The weights that are kept are not rounded: small steps add up. */
  @Test
  void learnsAsWell() {
    List<Shard> train = digits(Digits.Part.TRAIN, 3000);
    List<Shard> test = digits(Digits.Part.TEST, 1000);
    double exact = accuracy(objective(), train, test);
    double rounded = accuracy(objective().over(Wire.BF16), train, test);
    assertThat(exact).isGreaterThan(0.8);
    assertThat(rounded).isCloseTo(exact, within(0.03));
  }

  private static double accuracy(Objective objective, List<Shard> train, List<Shard> test) {
    Trainer.Plan plan =
        TestObjectives.plan(objective.network(), Optimizer.adam(0.9, 0.999, 1e-8, 0), 3e-3, 8, 64);
    try (LocalGradients source = new LocalGradients(objective, train)) {
      Trainer trainer = new Trainer(source, objective.network(), plan, objective.seed());
      trainer.forEachRemaining(step -> {});
      Classification all = TestObjectives.evaluation(objective);
      try (Predictor predictor = new Predictor(objective, trainer.values())) {
        test.forEach(shard -> all.add(predictor.evaluate(shard)));
      }
      return Objects.requireNonNull(all.metrics().get("accuracy"));
    }
  }
}
