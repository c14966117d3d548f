package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.PartDescent;
import java.io.Serializable;
import java.util.Objects;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * Brings one array of the state to the driver: the first task on each executor gives the pieces
 * that the executor owns.
 */
final class CollectTask extends AbstractFunction1<Iterator<Shard>, CollectTask.Result>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The values themselves. */
  static final int VALUES = -1;

  /** Their average. */
  static final int AVERAGE = -2;

  /**
   * What a task brings.
   *
   * @param state how it went
   * @param seat of which executor, or −1 where another task brings it
   * @param values its pieces, one behind the other
   * @param why it is lost
   */
  record Result(SliceTask.State state, int seat, FloatBlock values, String why)
      implements Serializable {}

  private final Broadcast<SlicePlan> plan;
  private final long step;
  private final long collection;
  private final int array;

  /**
   * Of this array.
   *
   * @param step the next one's number
   * @param collection a number of its own
   * @param array a slot's number, {@link #VALUES} or {@link #AVERAGE}
   */
  CollectTask(Broadcast<SlicePlan> plan, long step, long collection, int array) {
    this.plan = plan;
    this.step = step;
    this.collection = collection;
    this.array = array;
  }

  @Override
  public Result apply(Iterator<Shard> partition) {
    SliceNode node = Peer.here().nodeOrGuest(plan.value());
    return switch (node.awaitOwned(step)) {
      case POISONED -> nothing(SliceTask.State.POISONED, "");
      case LOST -> nothing(SliceTask.State.LOST, String.valueOf(node.lost()));
      case READY ->
          !node.isGuest() && node.claim(collection)
              ? pieces(node)
              : nothing(SliceTask.State.DONE, "");
    };
  }

  private Result pieces(SliceNode node) {
    int count = 0;
    for (int piece : node.pieces()) {
      count += array(node.part(piece)).length;
    }
    float[] all = new float[count];
    int at = 0;
    for (int piece : node.pieces()) {
      float[] own = array(node.part(piece));
      System.arraycopy(own, 0, all, at, own.length);
      at += own.length;
    }
    return new Result(SliceTask.State.DONE, node.self(), new FloatBlock(all), "");
  }

  private float[] array(PartDescent part) {
    return switch (array) {
      case VALUES -> part.values();
      case AVERAGE -> Objects.requireNonNull(part.averaged());
      default -> part.slot(array);
    };
  }

  private static Result nothing(SliceTask.State state, String why) {
    return new Result(state, -1, new FloatBlock(), why);
  }
}
