package dev.tributary.data.packed;

import dev.tributary.data.ContentHash;
import dev.tributary.data.ContentHasher;
import dev.tributary.data.Samples;
import dev.tributary.data.Schema;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;

/**
 * As many samples as fit in so many bytes, sorted by hash, then content: primitive arrays that are
 * used again and again.
 */
final class SortBuffer {
  /** Bits of a key that are a sample's place; the others are the first bits of its hash. */
  private static final int PLACE_BITS = 22;

  private static final int MOST = 1 << PLACE_BITS;

  /** Groups of samples with the same first bits are this small, but for copies of one sample. */
  private static final int SMALL_GROUP = 32;

  private final long seed;
  private final ContentHasher hasher;
  private byte[] content;
  private final int mostBytes;
  private int filled;
  private int[] ends = new int[1024];
  private int[] labels = new int[1024];
  private long[] high = new long[1024];
  private long[] low = new long[1024];
  private long[] keys = new long[1024];
  private int count;

  SortBuffer(Schema schema, long seed, int mostBytes) {
    this.seed = seed;
    this.hasher = new ContentHasher(schema);
    this.mostBytes = mostBytes;
    this.content = new byte[Math.min(mostBytes, 1 << 16)];
  }

  /** Whether a sample of so many bytes fits; the first always does. */
  boolean hasRoom(int bytes) {
    return count == 0 || ((filled + (long) bytes <= mostBytes) && count < MOST);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Adds sample i of a set. */
  void add(Samples samples, int i) {
    int from = samples.from(i);
    int length = samples.to(i) - from;
    if (filled + length > content.length) {
      long doubled = Math.min(Math.max(mostBytes, (long) filled + length), 2L * content.length);
      content = Arrays.copyOf(content, (int) Math.max(filled + (long) length, doubled));
    }
    if (count == ends.length) {
      grow();
    }
    System.arraycopy(samples.content(), from, content, filled, length);
    ContentHash hash = samples.hash(i, seed, hasher);
    filled += length;
    ends[count] = filled;
    labels[count] = samples.label(i);
    high[count] = hash.high();
    low[count] = hash.low();
    // The shard's and then some first bits, made signed, with the place below them.
    keys[count] = ((hash.high() ^ Long.MIN_VALUE) & -MOST) | count;
    count++;
  }

  private void grow() {
    int room = Math.min(MOST, 2 * ends.length);
    ends = Arrays.copyOf(ends, room);
    labels = Arrays.copyOf(labels, room);
    high = Arrays.copyOf(high, room);
    low = Arrays.copyOf(low, room);
    keys = Arrays.copyOf(keys, room);
  }

  /** Gives all in order, and is empty again. */
  void drainTo(SortedSamples sink) throws IOException {
    sort();
    for (int k = 0; k < count; k++) {
      int i = place(k);
      int from = from(i);
      sink.accept(new ContentHash(high[i], low[i]), content, from, ends[i] - from, labels[i]);
    }
    count = 0;
    filled = 0;
  }

  private int place(int k) {
    return (int) keys[k] & (MOST - 1);
  }

  private int from(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  private void sort() {
    Arrays.sort(keys, 0, count);
    int from = 0;
    for (int k = 1; k <= count; k++) {
      if (k == count || (keys[k] & -MOST) != (keys[from] & -MOST)) {
        if (k - from > 1) {
          sortGroup(from, k);
        }
        from = k;
      }
    }
  }

  /** Samples whose keys cannot tell them apart. */
  private void sortGroup(int from, int to) {
    if (to - from > SMALL_GROUP) {
      Integer[] places = new Integer[to - from];
      Arrays.setAll(places, j -> place(from + j));
      Arrays.sort(places, (Comparator<Integer>) this::compare);
      for (int k = from; k < to; k++) {
        keys[k] = (keys[k] & -MOST) | places[k - from];
      }
      return;
    }
    for (int k = from + 1; k < to; k++) {
      long moved = keys[k];
      int j = k;
      while (j > from && compare(place(j - 1), (int) moved & (MOST - 1)) > 0) {
        keys[j] = keys[j - 1];
        j--;
      }
      keys[j] = moved;
    }
  }

  private int compare(int i, int j) {
    int order = Long.compareUnsigned(high[i], high[j]);
    if (order == 0) {
      order = Long.compareUnsigned(low[i], low[j]);
    }
    return order != 0
        ? order
        : ContentHasher.compare(
            content, from(i), ends[i], labels[i], content, from(j), ends[j], labels[j]);
  }
}
