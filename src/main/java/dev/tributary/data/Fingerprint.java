package dev.tributary.data;

/** The hash of a shard, of its samples' hashes in their order. */
final class Fingerprint {
  private ContentHash all = new ContentHash(0, 0);
  private int count;

  void add(ContentHash next) {
    all = all.then(next);
    count++;
  }

  /** Of the shard of this number, of all that was added. */
  long of(int shard) {
    ContentHash hash = new ContentHash(shard, count).then(all);
    return hash.high() ^ hash.low();
  }
}
