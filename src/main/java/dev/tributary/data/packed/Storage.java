package dev.tributary.data.packed;

/** Where shards are while they are trained on. */
public enum Storage {
  /** In the executors' heaps, as Spark's blocks. */
  MEMORY,

  /** In files on the executors' local disks, mapped into memory. */
  DISK,

  /** In memory if they fit well, else on disk. */
  AUTO
}
