package dev.tributary.train;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import dev.tributary.data.TestSamples;
import dev.tributary.engine.jvm.JvmEngineProvider;
import dev.tributary.nn.Affine;
import dev.tributary.nn.Embedding;
import dev.tributary.nn.Initializer;
import dev.tributary.nn.InputException;
import dev.tributary.nn.Layer;
import dev.tributary.nn.Network;
import dev.tributary.nn.loss.SoftmaxCrossEntropy;
import dev.tributary.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sample that no layer can read: the failure names it. */
final class PoisonTest {
  @Test
  void namesTheSampleThatCannotBeComputed() {
    Layer embedding = new Embedding(2, List.of(new Embedding.Column(0, 4, 3)));
    Network network =
        new Network(
            List.of(embedding, new Affine(embedding.output().size(), 2, true, Initializer.HE)));
    Objective objective =
        new Objective(network, new SoftmaxCrossEntropy(), new JvmEngineProvider(), 1);
    Samples samples = new Samples(new Schema(Shape.flat(2), false, 0, false), 40);
    for (int i = 0; i < 40; i++) {
      samples.add(new float[] {i == 17 ? 7 : i % 4, i}, i % 2);
    }
    try (LocalGradients source = new LocalGradients(objective, TestSamples.shards(samples, 4, 1))) {
      Trainer trainer =
          new Trainer(source, network, TestObjectives.plan(network, 1, 8), objective.seed());
      assertThatThrownBy(() -> trainer.forEachRemaining(step -> {}))
          .isInstanceOf(ShardException.class)
          .hasCauseInstanceOf(InputException.class)
          .hasMessageMatching(
              "shard [0-3] at epoch 1, step [1-5] of 5: its sample \\d+ \\(the shard's sample \\d+, of"
                  + " class 1\\) cannot be computed: InputException: .*7.*");
    }
  }
}
