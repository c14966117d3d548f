package dev.tributary.data;

/** The hash of a shard, of its samples' hashes in their order. */
public final class Fingerprint {
  private ContentHash all = new ContentHash(0, 0);
  private int count;

  /** Adds the next sample of the shard. */
  public void add(ContentHash next) {
    all = all.then(next);
    count++;
  }

  /** Of the shard of this number, of all that was added. */
  public long of(int shard) {
    ContentHash hash = new ContentHash(shard, count).then(all);
    return hash.high() ^ hash.low();
  }
}
