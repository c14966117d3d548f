package dev.tributary.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tributary.nn.Batch;
import dev.tributary.tensor.Shape;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Samples of every kind go in and come out, through shards and batches. */
final class SamplesTest {
  private static final Schema NUMBERS = new Schema(Shape.flat(3), false, 2, true);

  private static Samples numbers(int count) {
    Samples samples = new Samples(NUMBERS, 0);
    for (int i = 0; i < count; i++) {
      samples.add(new float[] {i, -i, 0.5f}, new float[] {2 * i, 1e-3f}, 1 + i);
    }
    return samples;
  }

  @Test
  void numbersTargetsAndWeightsReachTheBatch() {
    Shard shard = Shard.of(0, 1, 7, List.of(numbers(5)));
    Batch batch = new Batch(Shape.flat(3));
    shard.fill(batch, Step.of(0, 1));
    assertThat(batch.n()).isEqualTo(5);
    assertThat(batch.hasLabels()).isFalse();
    assertThat(batch.weight()).isEqualTo(1 + 2 + 3 + 4 + 5);
    for (int i = 0; i < 5; i++) {
      float which = batch.features()[3 * i];
      assertThat(batch.features()[3 * i + 1]).isEqualTo(-which);
      assertThat(batch.target(i, 0, 2)).isEqualTo(2 * which);
      assertThat(batch.target(i, 1, 2)).isEqualTo(1e-3f);
      assertThat(batch.weight(i)).isEqualTo(1 + which);
    }
  }

  @Test
  void aPixelIsAShareOf255() {
    Samples samples = new Samples(new Schema(Shape.flat(2), true, 1, false), 1);
    samples.add(new byte[] {0, (byte) 255}, new float[] {9});
    float[] features = new float[2];
    samples.write(0, features, 0);
    assertThat(features).containsExactly(0, 1);
    assertThat(samples.target(0, 0)).isEqualTo(9);
    assertThat(samples.weight(0)).isEqualTo(1);
  }

  @Test
  void refusesSamplesOfAnotherSize() {
    assertThatThrownBy(() -> numbers(1).add(new float[2], new float[2], 1))
        .hasMessage("2 values, expected 3");
  }

  @Test
  void whatIsHeldOutIsAShareAndMissingFromTheRest() {
    Samples all = TestSamples.of(Shape.image(4, 4, 1), 3, 2000, 5);
    Samples heldOut = all.heldOut(0.2, 1, true);
    Samples rest = all.heldOut(0.2, 1, false);
    assertThat(heldOut.count()).isBetween(340, 460);
    assertThat(heldOut.count() + rest.count()).isEqualTo(2000);
    assertThat(TestSamples.shuffled(all, 3).heldOut(0.2, 1, true).count())
        .as("whatever the order")
        .isEqualTo(heldOut.count());
    assertThat(all.heldOut(0.2, 2, true).count()).isNotEqualTo(heldOut.count());
    int[] perShard = new int[4];
    for (int i = 0; i < heldOut.count(); i++) {
      perShard[heldOut.hash(i, 1, new ContentHasher(heldOut.schema())).shard(4)]++;
    }
    assertThat(IntStream.of(perShard).min().orElse(0)).as("whatever the shard").isGreaterThan(60);
  }

  /** The same rows dense and sparse: the same hashes, batches and shards. */
  @Test
  void sparseRowsAreTheDenseOnes() {
    Shape shape = Shape.flat(40);
    Samples dense = new Samples(new Schema(shape, FeatureKind.FLOATS, 1, true), 0);
    Samples sparse = new Samples(new Schema(shape, FeatureKind.SPARSE, 1, true), 0);
    Samples pairs = new Samples(new Schema(shape, FeatureKind.SPARSE, 1, true), 0);
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      float[] row = new float[40];
      int[] indices = new int[40];
      float[] values = new float[40];
      int present = 0;
      for (int j = 0; j < 40; j++) {
        if (random.nextInt(8) == 0) {
          row[j] = random.nextInt(5) == 0 ? Float.NaN : random.nextFloat() - 0.5f;
          indices[present] = j;
          values[present++] = row[j];
        } else if (random.nextInt(8) == 0) {
          row[j] = -0f;
        }
      }
      float[] target = {random.nextFloat()};
      dense.add(row, target, i, Samples.UNLABELLED);
      sparse.add(row, target, i, Samples.UNLABELLED);
      pairs.add(indices, values, present, target, i, Samples.UNLABELLED);
    }
    assertThat(sparse.contentBytes()).isLessThan(dense.contentBytes() / 2);
    String expected = TestSamples.fingerprint(Shard.of(0, 1, 1, List.of(dense)));
    assertThat(TestSamples.fingerprint(Shard.of(0, 1, 1, List.of(sparse)))).isEqualTo(expected);
    assertThat(TestSamples.fingerprint(Shard.of(0, 1, 1, List.of(pairs.trim()))))
        .isEqualTo(expected);
    List<Shard> ofDense = TestSamples.shards(dense, 4, 1);
    List<Shard> ofSparse = TestSamples.shards(sparse, 4, 1);
    for (int s = 0; s < 4; s++) {
      assertThat(ofSparse.get(s).fingerprint()).isEqualTo(ofDense.get(s).fingerprint());
      Batch one = new Batch(shape);
      Batch other = new Batch(shape);
      ofDense.get(s).fill(one, Step.of(1, 3));
      ofSparse.get(s).fill(other, Step.of(1, 3));
      assertThat(other.features()).isEqualTo(one.features());
      assertThat(other.weights()).isEqualTo(one.weights());
      assertThat(other.targets(1)).isEqualTo(one.targets(1));
    }
  }

  @Test
  void refusesSparseFeaturesOutOfOrder() {
    Samples samples = new Samples(new Schema(Shape.flat(3), FeatureKind.SPARSE, 0, false), 1);
    assertThatThrownBy(
            () -> samples.add(new int[] {1, 1}, new float[] {1, 2}, 2, new float[0], 1, 0))
        .hasMessage("index 1 after 1");
    assertThatThrownBy(() -> samples.add(new int[] {3}, new float[] {1}, 1, new float[0], 1, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
