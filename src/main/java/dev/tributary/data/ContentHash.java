package dev.tributary.data;

import org.apache.commons.codec.digest.MurmurHash3;

/**
 * 128 bits that follow from a sample's content and the seed alone. The first bits choose its shard,
 * all of them its place within; so neither depends on files, reading order or the cluster.
 *
 * @param high the first 64 bits
 * @param low the others
 */
public record ContentHash(long high, long low) implements Comparable<ContentHash> {
  /** Of {@code length} bytes from {@code from}, and a label. */
  public static ContentHash of(byte[] content, int from, int length, int label, long seed) {
    long[] hash = MurmurHash3.hash128x64(content, from, length, label);
    return new ContentHash(mix(hash[0] + mix(seed)), mix(hash[1] ^ seed));
  }

  /**
   * SplitMix64's finalizer (Steele, Lea, Flood: "Fast splittable pseudorandom number generators").
   */
  private static long mix(long z) {
    long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    y = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
    return y ^ (y >>> 31);
  }

  /** A hash of this and, behind it, another. */
  public ContentHash then(ContentHash next) {
    return new ContentHash(mix(high) + next.high, mix(low ^ next.high) + next.low);
  }

  /** The shard, of a power of two of them. */
  public int shard(int shards) {
    return (int) (high >>> 1 >>> (63 - Integer.numberOfTrailingZeros(shards)));
  }

  /** Whether it is among this share, in [0, 1], of all hashes. */
  public boolean isBelow(double share) {
    return (high >>> 11) * 0x1p-53 < share;
  }

  @Override
  public int compareTo(ContentHash other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }
}
