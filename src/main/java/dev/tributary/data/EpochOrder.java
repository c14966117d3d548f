package dev.tributary.data;

import dev.tributary.random.Philox;
import dev.tributary.random.Purpose;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a shard gives its samples in an epoch, a function of (seed, epoch, shard, how
 * many, how large).
 *
 * <p>A shard of up to a window's samples is shuffled as a whole (Fisher, Yates; Durstenfeld's
 * form). In a larger one, whose samples lie in the order of their hashes and so in a random one
 * already, chunks of neighbours are shuffled, then the samples within each window of {@value
 * #CHUNKS} chunks. So what an epoch holds in memory, what a step costs, and how much of a mapped
 * file it touches do not grow with the shard; and each page is read once an epoch.
 */
final class EpochOrder {
  /** In a window. */
  private static final int CHUNKS = 64;

  private static final int LARGEST_CHUNK = 1024;
  private static final int SMALLEST_CHUNK = 16;

  /** Bytes of a chunk, where that is within the bounds above. */
  private static final int CHUNK_BYTES = 1 << 20;

  /** One epoch's order of the chunks. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Chunks(int epoch, int[] chunkAt, int placeOfLast) {}

  /** Positions {@code from … from + sampleAt.length − 1} of an epoch. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Window(int epoch, int number, int from, int[] sampleAt) {
    boolean holds(int askedEpoch, int position) {
      return epoch == askedEpoch && position >= from && position - from < sampleAt.length;
    }
  }

  private final int count;
  private final int chunk;
  private final long seed;
  private final int shard;
  private volatile @Nullable Chunks chunks;

  /** A step's part may reach from one window into the next. */
  private volatile @Nullable Window newer;

  private volatile @Nullable Window older;

  /**
   * Of a shard.
   *
   * @param count its samples
   * @param bytes of a sample; 0 where they differ in length
   */
  EpochOrder(int count, int bytes, long seed, int shard) {
    this.count = count;
    this.chunk = chunk(bytes);
    this.seed = seed;
    this.shard = shard;
  }

  /** A power of two. */
  private static int chunk(int bytes) {
    int fitting = Integer.highestOneBit(Math.max(1, CHUNK_BYTES / Math.max(1, bytes)));
    return Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, fitting));
  }

  /** The sample at a position of an epoch. */
  int sampleAt(int epoch, int position) {
    Window window = newer;
    if (window == null || !window.holds(epoch, position)) {
      window = otherWindow(epoch, position);
    }
    return window.sampleAt[position - window.from];
  }

  private Window otherWindow(int epoch, int position) {
    Window window = older;
    if (window != null && window.holds(epoch, position)) {
      return window;
    }
    Window drawn = draw(epoch, position);
    older = newer;
    newer = drawn;
    return drawn;
  }

  private Window draw(int epoch, int position) {
    int whole = chunk * CHUNKS;
    if (count <= whole) {
      int[] sampleAt = new int[count];
      Arrays.setAll(sampleAt, i -> i);
      shuffle(sampleAt, Philox.stream(seed, Purpose.PERMUTATION, epoch, shard));
      return new Window(epoch, 0, 0, sampleAt);
    }
    Chunks order = chunks(epoch);
    int lacking = order.chunkAt.length * chunk - count;
    int number = position / whole;
    if (position >= start(order, number + 1, lacking)) {
      number++;
    }
    int from = start(order, number, lacking);
    int[] sampleAt = new int[Math.min(count, start(order, number + 1, lacking)) - from];
    int at = 0;
    int lastChunk = Math.min(order.chunkAt.length, (number + 1) * CHUNKS);
    for (int c = number * CHUNKS; c < lastChunk; c++) {
      int first = order.chunkAt[c] * chunk;
      for (int i = first; i < Math.min(count, first + chunk); i++) {
        sampleAt[at++] = i;
      }
    }
    long stream = epoch | (number + 1L) << Integer.SIZE;
    shuffle(sampleAt, Philox.stream(seed, Purpose.PERMUTATION, stream, shard));
    return new Window(epoch, number, from, sampleAt);
  }

  /** Where a window begins: the short last chunk, wherever it is, moves those behind it. */
  private int start(Chunks order, int window, int lacking) {
    long start = (long) window * CHUNKS * chunk;
    return (int) Math.min(count, order.placeOfLast < window * CHUNKS ? start - lacking : start);
  }

  private Chunks chunks(int epoch) {
    Chunks known = chunks;
    if (known != null && known.epoch == epoch) {
      return known;
    }
    int[] chunkAt = new int[(int) (((long) count + chunk - 1) / chunk)];
    Arrays.setAll(chunkAt, i -> i);
    shuffle(chunkAt, Philox.stream(seed, Purpose.PERMUTATION, epoch, shard));
    int place = 0;
    while (chunkAt[place] != chunkAt.length - 1) {
      place++;
    }
    Chunks drawn = new Chunks(epoch, chunkAt, place);
    chunks = drawn;
    return drawn;
  }

  private static void shuffle(int[] places, Philox random) {
    for (int i = places.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = places[i];
      places[i] = places[j];
      places[j] = swapped;
    }
  }
}
