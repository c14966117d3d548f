package dev.tributary.spark.pack;

import dev.tributary.data.Shard;
import java.io.IOException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/**
 * Where a partition's shards come from; asked for them again, on whatever machine, it gives the
 * same.
 *
 * @param <T> what the RDD before gives it to make them of
 */
interface ShardOrigin<T> extends Serializable {
  /** The partition's shards, in order, in memory; each is made when it is asked for. */
  Iterator<Shard> load(int partition, Iterator<T> parts) throws IOException;

  /** The same in files of this machine, which go when nothing refers to the shards any more. */
  List<Shard> map(int partition, Iterator<T> parts) throws IOException;
}
