package dev.tributary.spark.slices;

import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.train.Descent;
import dev.tributary.train.PartDescent;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one executor holds of a descent: all values, as of the latest step, and of the pieces that
 * it owns all that a step changes. When the last part of a piece's gradient is in, the piece moves
 * and goes to all the others.
 */
final class SliceNode {
  private static final Logger LOG = LoggerFactory.getLogger(SliceNode.class);

  /** A piece that this executor owns. */
  private record Owned(PieceSum sum, PartDescent part) {}

  /** How the wait for a step's values ended. */
  enum Wait {
    READY,
    POISONED,
    LOST
  }

  private final SlicePlan plan;
  private final Peer peer;
  private final int self;
  private final float[] values;
  private final Map<Integer, Owned> owned = new TreeMap<>();
  private final LocalNodes local;
  private final ExecutorService movers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** For each piece, the step whose weights are here. */
  private final long[] versions;

  private long poisoned = Long.MAX_VALUE;
  private @Nullable String lost;

  /** Which collection has given the owned pieces away last. */
  private long claimed = -1;

  /**
   * A node that stands before the plan's first step.
   *
   * @param whole the state there; copied from
   */
  SliceNode(SlicePlan plan, Peer peer, Descent.State whole) {
    this.plan = plan;
    this.peer = peer;
    this.self = plan.seat(peer.seat().executor());
    this.values = whole.values().clone();
    this.local = new LocalNodes(plan.merges());
    this.versions = new long[plan.pieces()];
    Arrays.fill(versions, plan.firstStep());
    for (int p = self; p < plan.pieces(); p += plan.seats().size()) {
      owned.put(
          p,
          new Owned(
              new PieceSum(plan.size(p), plan.partitions(), plan.firstStep()),
              new PartDescent(plan.network(), plan.rule(), plan.from(p), plan.to(p), whole)));
    }
    this.movers =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "tributary-slices-" + plan.run());
              thread.setDaemon(true);
              return thread;
            });
  }

  int generation() {
    return plan.generation();
  }

  int self() {
    return self;
  }

  SlicePlan plan() {
    return plan;
  }

  LocalNodes local() {
    return local;
  }

  /** All values; whole when {@link #await} has said so. */
  float[] values() {
    return values;
  }

  /** Makes sure that all others can be reached. */
  void greet() throws IOException {
    Sender sender = new Sender(peer, plan.run());
    for (int i = 0; i < plan.seats().size(); i++) {
      if (i != self) {
        Message hello = Message.of(Kind.HELLO, plan, 0, 0);
        sender.send(plan.seats().get(i), hello.encode(NONE, 0, 0));
      }
    }
    sender.await();
  }

  private static final float[] NONE = {};

  /** A message from another executor. */
  void receive(Message message) {
    if (message.generation() != plan.generation() || message.kind() == Kind.HELLO) {
      return;
    }
    int piece = message.piece();
    if (piece < 0 || piece >= plan.pieces()) {
      throw new IllegalArgumentException("there is no piece " + piece);
    }
    switch (message.kind()) {
      case GRADIENT ->
          receiveGradient(
              message.step(),
              piece,
              message.left(),
              message.size(),
              message.scalars(),
              message.values());
      case WEIGHTS -> receiveWeights(message.step(), piece, message.values());
      default -> poison(message.step());
    }
  }

  /** A part of the gradient of a piece that is owned here. */
  void receiveGradient(long step, int piece, int left, int size, Scalars scalars, Values arrived) {
    Owned own = owned.get(piece);
    if (own == null) {
      throw new IllegalArgumentException("piece " + piece + " is not owned here");
    }
    try {
      if (own.sum().add(step, left, size, scalars, arrived)) {
        movers.execute(() -> move(step, piece, own));
      }
    } catch (PieceSum.OverlapException e) {
      lose(e.getMessage());
    }
  }

  /** Moves a piece whose gradient is complete, and tells the others. */
  private void move(long step, int piece, Owned own) {
    try {
      Scalars scalars = own.sum().scalars();
      PartDescent part = own.part();
      if (scalars.weight() > 0) {
        PartDescent.Outcome outcome =
            part.step(own.sum().sum(), scalars.weight(), scalars.samples(), scalars.rate(), step);
        if (outcome != PartDescent.Outcome.MOVED) {
          tell(Message.of(Kind.POISON, plan, step, piece), NONE);
          poison(step);
          return;
        }
      }
      own.sum().next();
      receiveWeights(step + 1, piece, new Values.InArray(part.values(), 0, plan.size(piece)));
      tell(Message.of(Kind.WEIGHTS, plan, step + 1, piece), part.values());
    } catch (IOException | RuntimeException e) {
      lose(e.getMessage());
    }
  }

  private void tell(Message message, float[] values) throws IOException {
    Sender sender = new Sender(peer, plan.run());
    int seats = plan.seats().size();
    for (int i = 1; i < seats; i++) {
      sender.send(plan.seats().get((self + i) % seats), message.encode(values, 0, values.length));
    }
    sender.await();
  }

  private void receiveWeights(long step, int piece, Values arrived) {
    if (arrived.count() != plan.size(piece)) {
      throw new IllegalArgumentException(
          arrived.count() + " values for a piece of " + plan.size(piece));
    }
    // Nobody reads this piece: all that needed the one before have sent their gradients.
    arrived.copyTo(values, plan.from(piece));
    lock.lock();
    try {
      versions[piece] = step;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void poison(long step) {
    lock.lock();
    try {
      poisoned = Math.min(poisoned, step);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lose(@Nullable String why) {
    lock.lock();
    try {
      if (lost == null) {
        lost = String.valueOf(why);
        LOG.warn("the exchange of slices is interrupted: {}", why);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What interrupted the exchange; null if nothing did. */
  @Nullable String lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until all values are those before a step. */
  Wait await(long step) {
    return await(step, false);
  }

  /** Waits until the pieces owned here are those before a step. */
  Wait awaitOwned(long step) {
    return await(step, true);
  }

  private Wait await(long step, boolean ownedAlone) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Peer.timeoutSeconds());
    TaskContext task = TaskContext.get();
    lock.lock();
    try {
      while (true) {
        if (poisoned < step) {
          return Wait.POISONED;
        }
        if (lost != null || (task != null && task.isInterrupted())) {
          return Wait.LOST;
        }
        long least = Long.MAX_VALUE;
        long most = Long.MIN_VALUE;
        for (int p = ownedAlone ? self : 0; p < versions.length; p += stride(ownedAlone)) {
          least = Math.min(least, versions[p]);
          most = Math.max(most, versions[p]);
        }
        if (least >= step) {
          // Values of a later step: this task's sum has come from its copy.
          return most > step && !ownedAlone ? Wait.LOST : Wait.READY;
        }
        if (System.nanoTime() > until) {
          lost =
              "the weights of step " + step + " have not come in " + Peer.timeoutSeconds() + " s";
          return Wait.LOST;
        }
        changed.awaitNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Wait.LOST;
    } finally {
      lock.unlock();
    }
  }

  private int stride(boolean ownedAlone) {
    return ownedAlone ? plan.seats().size() : 1;
  }

  /** Whether the caller is the first to ask in this collection: it then gives the pieces. */
  boolean claim(long collection) {
    lock.lock();
    try {
      boolean isFirst = claimed < collection;
      claimed = Math.max(claimed, collection);
      return isFirst;
    } finally {
      lock.unlock();
    }
  }

  /** The pieces owned here, by number. */
  Iterable<Integer> pieces() {
    return owned.keySet();
  }

  /** A piece that is owned here. */
  PartDescent part(int piece) {
    Owned own = owned.get(piece);
    if (own == null) {
      throw new IllegalArgumentException("piece " + piece + " is not owned here");
    }
    return own.part();
  }

  /** Ends its threads. */
  void close() {
    lose("it is closed");
    movers.shutdownNow();
  }
}
