package dev.tributary.spark.pack;

import dev.tributary.data.Shard;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The mapped shards of one data set that this executor has. It is broadcast empty, and goes with
 * the broadcast: then the mappings are collected, and with them the space on disk.
 */
final class LocalShards implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How shards that are not here are got. */
  interface Making {
    List<Shard> make() throws IOException;
  }

  /** A partition's shards, or null until they are made; its lock holds back a second maker. */
  private static final class Slot {
    private @Nullable List<Shard> shards;
  }

  private transient ConcurrentHashMap<Integer, Slot> slots = new ConcurrentHashMap<>();

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    slots = new ConcurrentHashMap<>();
  }

  /** A partition's shards, made if this executor does not have them. */
  List<Shard> get(int partition, Making making) throws IOException {
    Slot slot = slots.computeIfAbsent(partition, p -> new Slot());
    synchronized (slot) {
      if (slot.shards == null) {
        slot.shards = making.make();
      }
      return slot.shards;
    }
  }
}
