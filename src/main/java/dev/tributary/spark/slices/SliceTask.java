package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.optim.Optimizer;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.slices.LocalNodes.Node;
import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.spark.slices.TurnMessage.Go;
import dev.tributary.tensor.Finite;
import dev.tributary.train.GradientSum;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What one task does in one step: it waits for the step's values, adds the gradients of its
 * partition's shards, and sees that the sum gets to the pieces' owners. What goes wrong with the
 * exchange is its result and no failure, as trying again would not help: the driver makes a new
 * plan.
 */
final class SliceTask {
  /** How a task ended. */
  enum State {
    DONE,
    /** The gradient is not finite. */
    NOT_FINITE,
    /** The step before led to values that are not finite. */
    POISONED,
    /** The exchange is interrupted. */
    LOST
  }

  /**
   * A task's result.
   *
   * @param state how it ended
   * @param scalars the sum's loss, weight and number of samples; no gradient
   * @param penalty of the weights, on the mean loss; from partition 0 alone
   * @param isGuest whether its executor owns nothing
   * @param why it is lost
   */
  record Result(State state, GradientSum scalars, double penalty, boolean isGuest, String why) {
    void write(DataOutputStream out) throws IOException {
      out.writeUTF(state.name());
      out.writeDouble(scalars.loss());
      out.writeDouble(scalars.weight());
      out.writeLong(scalars.samples());
      out.writeDouble(penalty);
      out.writeBoolean(isGuest);
      out.writeUTF(why.substring(0, Math.min(why.length(), MOST_WORDS)));
    }

    static Result read(DataInputStream in) throws IOException {
      State state = State.valueOf(in.readUTF());
      GradientSum scalars = GradientSum.ofScalars(in.readDouble(), in.readDouble(), in.readLong());
      return new Result(state, scalars, in.readDouble(), in.readBoolean(), in.readUTF());
    }
  }

  /** Of what went wrong, in characters. */
  private static final int MOST_WORDS = 10_000;

  private final Broadcast<GradientWorkers> workers;
  private final Broadcast<SlicePlan> plan;
  private final Step step;
  private final Go go;

  SliceTask(Broadcast<GradientWorkers> workers, Broadcast<SlicePlan> plan, Go go) {
    this.workers = workers;
    this.plan = plan;
    this.step = go.step();
    this.go = go;
  }

  /** Makes its partition's part. */
  Result make(List<Shard> partition) {
    Peer peer = Peer.here();
    SliceNode node = peer.nodeOrGuest(plan.value());
    node.local().begin(step.number());
    Result result = ended(State.LOST, "a task failed");
    try {
      result = sum(node, partition);
    } finally {
      List<Node> nodes = node.local().end();
      String failure = send(peer, node, nodes);
      if (failure != null) {
        result = ended(State.LOST, failure);
      }
    }
    return result;
  }

  private Result sum(SliceNode node, List<Shard> partition) {
    return switch (node.await(step.number())) {
      case POISONED -> ended(State.POISONED, "");
      case LOST -> ended(State.LOST, String.valueOf(node.lost()));
      case READY -> sumOfReady(node, partition);
    };
  }

  private Result sumOfReady(SliceNode node, List<Shard> partition) {
    int place = TaskContext.getPartitionId();
    double penalty =
        place == 0 ? Optimizer.penalty(node.values(), node.plan().rule().tensors()) : 0;
    GradientSum sum = workers.value().sum(node.values(), partition.iterator(), step);
    boolean isFinite =
        sum.samples() == 0
            || (Double.isFinite(sum.loss())
                && Finite.all(sum.gradient(), 0, sum.gradient().length));
    GradientSum scalars = sum.scalars();
    node.local().add(step.number(), place, sum);
    return new Result(
        isFinite ? State.DONE : State.NOT_FINITE, scalars, penalty, node.isGuest(), "");
  }

  private static Result ended(State state, String why) {
    return new Result(state, new GradientSum(0), 0, false, why);
  }

  /** Sends nodes to the pieces' owners; what went wrong, if something did. */
  private @Nullable String send(Peer peer, SliceNode node, List<Node> nodes) {
    SlicePlan given = node.plan();
    Sender sender = new Sender(peer, given.run());
    try {
      int seats = given.seats().size();
      for (Node n : nodes) {
        GradientSum sum = n.sum();
        Scalars scalars = new Scalars(go.rate(), sum.weight(), sum.samples(), go.keeps());
        // The others' pieces first: while they travel, the own are added.
        for (int i = 0; i < given.pieces(); i++) {
          int piece = rotated(i, Math.max(0, node.self()), given.pieces());
          if (given.owner(piece) != node.self()) {
            Message message =
                new Message(
                    Kind.GRADIENT,
                    given.generation(),
                    step.number(),
                    piece,
                    n.left(),
                    n.size(),
                    scalars,
                    Message.NO_VALUES);
            int count = sum.samples() == 0 ? 0 : given.size(piece);
            sender.send(
                given.seats().get(given.owner(piece)),
                message.encode(given.wire(piece), sum.gradient(), given.from(piece), count));
          }
        }
        for (int piece = node.self(); !node.isGuest() && piece < given.pieces(); piece += seats) {
          node.receiveGradient(
              step.number(),
              piece,
              n.left(),
              n.size(),
              scalars,
              new Values.InArray(
                  given.wire(piece), sum.gradient(), given.from(piece), given.size(piece)));
        }
      }
      sender.await();
      return null;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Executors begin at different pieces, lest all send to the same one. */
  private static int rotated(int i, int by, int count) {
    return (i + by) % count;
  }
}
