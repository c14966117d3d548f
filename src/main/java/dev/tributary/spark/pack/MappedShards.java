package dev.tributary.spark.pack;

import dev.tributary.data.Shard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Shards in mapped files of the executors. Spark's own cache would hold, spill and send them as
 * objects; here a partition is made once on the executor that runs it, later tasks are sent there,
 * and on another executor it is made again from what is before it, to the same bytes.
 *
 * @param <T> what the partitions before give
 */
final class MappedShards<T> extends RDD<Shard> {
  private static final long serialVersionUID = 1L;

  private static final ClassTag<Shard> SHARD = ClassTag$.MODULE$.apply(Shard.class);

  private final RDD<T> before;
  private final ShardOrigin<T> origin;
  private final Broadcast<LocalShards> local;
  private final Places places;

  MappedShards(RDD<T> before, ShardOrigin<T> origin, Broadcast<LocalShards> local, Places places) {
    super(before, SHARD);
    this.before = before;
    this.origin = origin;
    this.local = local;
    this.places = places;
  }

  @Override
  public Partition[] getPartitions() {
    return before.partitions();
  }

  @Override
  public Seq<String> getPreferredLocations(Partition split) {
    String place = places.value().get(split.index());
    return CollectionConverters.asScala(place == null ? List.<String>of() : List.of(place))
        .toList();
  }

  @Override
  public Iterator<Shard> compute(Partition split, TaskContext context) {
    try {
      List<Shard> shards =
          local
              .value()
              .get(
                  split.index(),
                  () -> {
                    List<Shard> made =
                        origin.map(
                            split.index(),
                            CollectionConverters.asJava(before.iterator(split, context)));
                    places.add(split.index());
                    return made;
                  });
      return CollectionConverters.asScala(shards.iterator());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
