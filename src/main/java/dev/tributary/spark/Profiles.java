package dev.tributary.spark;

import dev.tributary.data.DataProfile;
import dev.tributary.data.Schema;
import dev.tributary.data.Shard;
import dev.tributary.nn.Network;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;

/** Looks at all samples of a data set, where they are: one job, of one pass over them. */
final class Profiles {
  private Profiles() {}

  static DataProfile of(ShardedData data, Network network) {
    int classes = Math.max(2, network.output().size());
    Look look = new Look(data.schema(), classes);
    return Failures.ofData(() -> data.shards().mapPartitions(look).treeReduce(DataProfile::join));
  }

  /** One partition's shards. */
  private record Look(Schema schema, int classes)
      implements FlatMapFunction<Iterator<Shard>, DataProfile> {
    @Override
    public Iterator<DataProfile> call(Iterator<Shard> shards) {
      DataProfile profile = new DataProfile(schema, classes);
      shards.forEachRemaining(shard -> profile.add(shard.samples(), shard.samples().count()));
      return List.of(profile).iterator();
    }
  }
}
