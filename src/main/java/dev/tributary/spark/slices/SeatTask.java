package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.train.Descent;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** The tasks with which a plan begins and ends. */
final class SeatTask {
  private SeatTask() {}

  /** Says where a partition's executor is to be found. */
  static final class Address extends AbstractFunction1<Iterator<Shard>, Seat>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Seat apply(Iterator<Shard> partition) {
      // Where the data is, or comes to be: there the steps' tasks will run.
      while (partition.hasNext()) {
        partition.next();
      }
      return Peer.here().seat();
    }
  }

  /** Takes a seat; the result is the executor's name. */
  static final class Take extends AbstractFunction1<Iterator<Shard>, String>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Broadcast<SlicePlan> plan;
    private final Broadcast<FloatBlock> values;
    private final List<Broadcast<FloatBlock>> slots;
    private final @Nullable Broadcast<FloatBlock> averaged;

    /**
     * With the state to begin from.
     *
     * @param slots none if they are all 0
     * @param averaged null if there is no average
     */
    Take(
        Broadcast<SlicePlan> plan,
        Broadcast<FloatBlock> values,
        List<Broadcast<FloatBlock>> slots,
        @Nullable Broadcast<FloatBlock> averaged) {
      this.plan = plan;
      this.values = values;
      this.slots = slots;
      this.averaged = averaged;
    }

    @Override
    public String apply(Iterator<Shard> partition) {
      Peer peer = Peer.here();
      SlicePlan given = plan.value();
      if (given.seat(peer.seat().executor()) >= 0) {
        peer.putIfNewer(given, () -> new SliceNode(given, peer, state(given)));
      }
      return peer.seat().executor();
    }

    private Descent.State state(SlicePlan given) {
      int parameters = given.network().parameterCount();
      int count = given.rule().optimizer().slots();
      float[][] whole = new float[count][];
      float[] zeros = slots.isEmpty() && count > 0 ? new float[parameters] : new float[0];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = slots.isEmpty() ? zeros : slots.get(i).value().values();
      }
      return new Descent.State(
          values.value().values(), whole, averaged == null ? null : averaged.value().values());
    }
  }

  /** Greets the others; the result is what went wrong, or empty. */
  static final class Greet extends AbstractFunction1<Iterator<Shard>, String>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long run;

    Greet(long run) {
      this.run = run;
    }

    @Override
    public String apply(Iterator<Shard> partition) {
      SliceNode node = Peer.here().node(run);
      if (node == null) {
        return "";
      }
      try {
        node.greet();
        return "";
      } catch (IOException e) {
        return Peer.here().seat() + " " + e.getMessage();
      }
    }
  }

  /** Leaves the seat. Others may still be sending, so that the door stays open. */
  static final class Leave extends AbstractFunction1<Iterator<Shard>, Boolean>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long run;

    Leave(long run) {
      this.run = run;
    }

    @Override
    public Boolean apply(Iterator<Shard> partition) {
      Peer.here().remove(run);
      return true;
    }
  }

  /** Closes the door behind the last one, when all have left. */
  static final class Close extends AbstractFunction1<Iterator<Shard>, Boolean>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean apply(Iterator<Shard> partition) {
      Peer.closeIfIdle();
      return true;
    }
  }
}
