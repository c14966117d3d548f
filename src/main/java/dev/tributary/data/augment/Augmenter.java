package dev.tributary.data.augment;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.nn.Batch;
import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.Arrays;

/**
 * Augments a shard's part of a mini-batch, by one thread that keeps its buffers.
 *
 * <p>A sample's random numbers are keyed by (seed, epoch, shard, the sample's place within), and
 * place and shard follow from content; so the result is the same whoever computes it, and copies of
 * a sample are altered each in its own way.
 */
public final class Augmenter {
  /** Above every shard's number: the stream of mix-up beside the alterations' own. */
  private static final int MIX_UP = Shard.MAX_SHARDS;

  private final Augmentation augmentation;
  private final long seed;
  private final Philox random;
  private float[] scratch = new float[0];
  private float[] others = new float[0];

  /** Keyed by the run's seed. */
  public Augmenter(Augmentation augmentation, long seed) {
    this.augmentation = augmentation;
    this.seed = seed;
    this.random = Philox.stream(seed, Purpose.AUGMENTATION, 0, 0);
  }

  /** Alters each sample by itself; the features are not prepared yet. */
  public void alter(Batch batch, Shard shard, Step step) {
    if (augmentation.chances().isEmpty()) {
      return;
    }
    int size = shard.samples().shape().size();
    scratch = scratch.length < size ? new float[size] : scratch;
    for (int i = 0; i < batch.n(); i++) {
      restart(shard, step, i, shard.index());
      for (Augmentation.Chance chance : augmentation.chances()) {
        if (chance.probability() == 1 || random.nextDouble() < chance.probability()) {
          chance.alteration().apply(random, batch.features(), i * size, scratch);
        }
      }
    }
  }

  /**
   * Mixes each sample with one of the same part of the mini-batch, perhaps itself; the features are
   * those that the network reads.
   *
   * @param outputs the network's: classes, if the samples have classes
   */
  public void mix(Batch batch, Shard shard, Step step, int outputs) {
    MixUp mixUp = augmentation.mixUp();
    if (mixUp == null) {
      return;
    }
    int n = batch.n();
    int[] partner = new int[n];
    float[] share = new float[n];
    for (int i = 0; i < n; i++) {
      restart(shard, step, i, MIX_UP | shard.index());
      partner[i] = random.nextInt(n);
      share[i] = mixUp.draw(random);
    }
    mix(batch.features(), batch.shape().size(), partner, share);
    float[] targets = batch.targets(outputs);
    if (shard.samples().schema().targets() == 0) {
      toTargets(batch, outputs, targets);
    }
    mix(targets, outputs, partner, share);
    if (shard.samples().schema().weighted()) {
      mix(batch.weights(), 1, partner, share);
    }
  }

  /** Classes as targets: one-hot; a single output should be the label itself. */
  private static void toTargets(Batch batch, int outputs, float[] targets) {
    Arrays.fill(targets, 0, batch.n() * outputs, 0f);
    for (int i = 0; i < batch.n(); i++) {
      int label = batch.labels()[i];
      if (outputs == 1) {
        targets[i] = label;
      } else {
        targets[i * outputs + label] = 1f;
      }
    }
  }

  private void mix(float[] rows, int length, int[] partner, float[] share) {
    int count = partner.length * length;
    others = others.length < count ? new float[count] : others;
    System.arraycopy(rows, 0, others, 0, count);
    for (int i = 0; i < partner.length; i++) {
      float mine = share[i];
      float theirs = 1 - mine;
      int own = i * length;
      int other = partner[i] * length;
      for (int j = 0; j < length; j++) {
        rows[own + j] = mine * others[own + j] + theirs * others[other + j];
      }
    }
  }

  private void restart(Shard shard, Step step, int i, int minor) {
    long sample = (long) step.epoch() << 32 | shard.sample(step, i);
    random.restart(seed, Purpose.AUGMENTATION, sample, minor);
  }
}
