package dev.tributary.data;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import dev.tributary.tensor.Shape;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Small random samples, whose class shows in their pixels, for tests that need data but no
 * pictures.
 */
public final class TestSamples {
  private TestSamples() {}

  /** Samples 0 … count − 1 of a seed. */
  public static Samples of(Shape shape, int classes, int count, long seed) {
    Samples samples = new Samples(shape, count);
    for (int i = 0; i < count; i++) {
      add(samples, classes, i, seed);
    }
    return samples;
  }

  /** Adds sample i of a seed. */
  public static void add(Samples samples, int classes, int i, long seed) {
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, i, 99);
    byte[] pixels = new byte[samples.shape().size()];
    int label = random.nextInt(classes);
    for (int j = 0; j < pixels.length; j++) {
      pixels[j] = (byte) (random.nextInt(120) + (j % classes == label ? 120 : 0));
    }
    samples.add(pixels, 0, label);
  }

  /** All samples of some sets, shuffled. */
  public static Samples shuffled(Samples samples, long seed) {
    Philox random = Philox.stream(seed, Purpose.PERMUTATION, 0, 98);
    int[] order = new int[samples.count()];
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    Samples shuffled = new Samples(samples.shape(), samples.count());
    for (int i : order) {
      shuffled.add(samples, i);
    }
    return shuffled;
  }

  /** The shards of some samples, divided here and now: the oracle of the distributed division. */
  public static List<Shard> shards(Samples samples, int count, long seed) {
    Samples[] parts = Shard.divide(samples, count, seed);
    List<Shard> shards = new ArrayList<>();
    for (int s = 0; s < count; s++) {
      shards.add(Shard.of(s, count, seed, List.of(parts[s])));
    }
    return shards;
  }

  /** A fingerprint of a shard: its number and its samples in their order. */
  public static String fingerprint(Shard shard) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      float[] values = new float[shard.samples().shape().size()];
      for (int i = 0; i < shard.samples().count(); i++) {
        shard.samples().write(i, values, 0);
        digest.update(
            (Arrays.toString(values) + shard.samples().label(i))
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
      return shard.index()
          + ":"
          + shard.samples().count()
          + ":"
          + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
