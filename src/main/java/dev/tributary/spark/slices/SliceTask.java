package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.data.Step;
import dev.tributary.optim.Optimizer;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.slices.LocalNodes.Node;
import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.Finite;
import dev.tributary.train.GradientSum;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * What one task does in one step: it waits for the step's values, adds the gradients of its
 * partition's shards, and sees that the sum gets to the pieces' owners. What goes wrong with the
 * exchange is its result and no failure, as trying again would not help: the driver makes a new
 * plan.
 */
final class SliceTask extends AbstractFunction1<Iterator<Shard>, SliceTask.Result>
    implements Serializable {
  private static final long serialVersionUID = 1L;

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
  record Result(State state, GradientSum scalars, double penalty, boolean isGuest, String why)
      implements Serializable {}

  private final Broadcast<GradientWorkers> workers;
  private final Broadcast<SlicePlan> plan;
  private final Step step;
  private final double rate;

  SliceTask(Broadcast<GradientWorkers> workers, Broadcast<SlicePlan> plan, Step step, double rate) {
    this.workers = workers;
    this.plan = plan;
    this.step = step;
    this.rate = rate;
  }

  @Override
  public Result apply(Iterator<Shard> partition) {
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

  private Result sum(SliceNode node, Iterator<Shard> partition) {
    return switch (node.await(step.number())) {
      case POISONED -> ended(State.POISONED, "");
      case LOST -> ended(State.LOST, String.valueOf(node.lost()));
      case READY -> sumOfReady(node, partition);
    };
  }

  private Result sumOfReady(SliceNode node, Iterator<Shard> partition) {
    int place = TaskContext.getPartitionId();
    double penalty =
        place == 0 ? Optimizer.penalty(node.values(), node.plan().rule().tensors()) : 0;
    GradientSum sum =
        workers.value().sum(node.values(), CollectionConverters.asJava(partition), step);
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
        Scalars scalars = new Scalars(rate, sum.weight(), sum.samples());
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
