package dev.tributary.spark.slices;

import dev.tributary.spark.slices.Message.Kind;
import dev.tributary.spark.slices.Message.Scalars;
import dev.tributary.tensor.BFloat16;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Descent;
import dev.tributary.train.PartDescent;
import dev.tributary.train.SentWeights;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * What one executor holds of a descent: all values, as of the latest step and as they are sent, and
 * of the pieces that it owns all that a step changes. When the last part of a piece's gradient is
 * in, the piece moves and goes to all the others.
 */
final class SliceNode {
  private static final Logger LOG = LoggerFactory.getLogger(SliceNode.class);

  /** For sending the last pieces. */
  private static final int PATIENCE_SECONDS = 5;

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
  private final Map<Integer, OwnedPiece> owned = new TreeMap<>();
  private final LocalNodes local;
  private final ExecutorService movers;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** For each piece, the step whose weights are here. */
  private final long[] versions;

  private long poisoned = Long.MAX_VALUE;
  private @Nullable String lost;

  /**
   * A node that stands before the plan's first step.
   *
   * @param whole the state there; copied from. Null of a guest: an executor that came when all
   *     slices were taken, owns none, and asks for the values of each step in which it gets a task
   */
  SliceNode(SlicePlan plan, Peer peer, Descent.@Nullable State whole) {
    this.plan = plan;
    this.peer = peer;
    this.self = plan.seat(peer.seat().executor());
    this.values =
        whole == null
            ? new float[plan.values()]
            : new SentWeights(plan.rounded()).of(whole.values()).clone();
    this.local = new LocalNodes(plan.merges());
    this.versions = new long[plan.pieces()];
    Arrays.fill(versions, whole == null ? -1 : plan.firstStep());
    for (int p = self; whole != null && p < plan.pieces(); p += plan.seats().size()) {
      owned.put(
          p,
          new OwnedPiece(
              new PieceSum(plan.size(p), plan.wire(p), plan.partitions(), plan.firstStep()),
              new PartDescent(plan.network(), plan.rule(), plan.from(p), plan.to(p), whole),
              plan.firstStep()));
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
        sender.send(plan.seats().get(i), hello.encode(Wire.F32, NONE, 0, 0));
      }
    }
    sender.await();
  }

  private static final float[] NONE = {};

  boolean isGuest() {
    return self < 0;
  }

  /** Answers a guest, or the driver. */
  ByteBuffer serve(Request request) {
    OwnedPiece own = owned.get(request.piece());
    if (request.generation() != plan.generation() || own == null) {
      throw new IllegalStateException("piece " + request.piece() + " is not owned here");
    }
    return request.array() == Request.SENT ? serveGuest(request, own) : serveState(request, own);
  }

  private ByteBuffer serveGuest(Request request, OwnedPiece own) {
    float[] part = own.values();
    lock.lock();
    try {
      long step = request.step();
      Kind kind =
          poisoned < step
              ? Kind.POISON
              : versions[request.piece()] == step ? Kind.WEIGHTS : Kind.HELLO;
      int count = kind == Kind.WEIGHTS ? part.length : 0;
      return Message.of(kind, plan, step, request.piece())
          .encode(plan.wire(request.piece()), part, 0, count);
    } finally {
      lock.unlock();
    }
  }

  private ByteBuffer serveState(Request request, OwnedPiece own) {
    long step = request.step();
    ByteBuffer state =
        own.state(Message.of(Kind.STATE, plan, step, request.piece()), request.array());
    if (state != null) {
      return state;
    }
    lock.lock();
    try {
      if (lost != null) {
        throw new IllegalStateException("the exchange is interrupted: " + lost);
      }
      Kind kind = poisoned < step ? Kind.POISON : Kind.HELLO;
      return Message.of(kind, plan, step, request.piece()).encode(Wire.F32, NONE, 0, 0);
    } finally {
      lock.unlock();
    }
  }

  /** Asks for all values of a step; of several tasks here, one does. */
  private synchronized Wait fetch(long step) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Peer.timeoutSeconds());
    try {
      for (int piece = 0; piece < plan.pieces(); piece++) {
        while (versions[piece] < step) {
          Seat owner = plan.seats().get(plan.owner(piece));
          Message answer =
              peer.ask(
                  owner, new Request(plan.run(), plan.generation(), step, piece, Request.SENT));
          switch (answer.kind()) {
            case POISON -> {
              return Wait.POISONED;
            }
            case WEIGHTS -> receiveWeights(step, piece, answer.values());
            default -> {
              if (System.nanoTime() > until) {
                throw new IOException("piece " + piece + " does not come from " + owner);
              }
              TimeUnit.MILLISECONDS.sleep(2);
            }
          }
        }
      }
      return Wait.READY;
    } catch (IOException e) {
      lose(e.getMessage());
      return Wait.LOST;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Wait.LOST;
    }
  }

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
    OwnedPiece own = owned.get(piece);
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
  private void move(long step, int piece, OwnedPiece own) {
    try {
      if (own.move() != PartDescent.Outcome.MOVED) {
        tell(Message.of(Kind.POISON, plan, step, piece), NONE);
        poison(step);
        return;
      }
      takeOwn(step + 1, piece, own.values());
      tell(Message.of(Kind.WEIGHTS, plan, step + 1, piece), own.values());
    } catch (Exception e) {
      // Spark's network code throws checked exceptions without declaring them; one that left this
      // thread would end the executor.
      lose(e.getMessage());
    }
  }

  private void tell(Message message, float[] values) throws IOException {
    Sender sender = new Sender(peer, plan.run());
    int seats = plan.seats().size();
    for (int i = 1; i < seats; i++) {
      sender.send(
          plan.seats().get((self + i) % seats),
          message.encode(plan.wire(message.piece()), values, 0, values.length));
    }
    sender.await();
  }

  private void receiveWeights(long step, int piece, Values arrived) {
    if (arrived.count() != plan.size(piece) || arrived.wire() != plan.wire(piece)) {
      throw new IllegalArgumentException(
          String.format(
              "%d values in %s for a piece of %d in %s",
              arrived.count(), arrived.wire(), plan.size(piece), plan.wire(piece)));
    }
    // Nobody reads this piece: all that needed the one before have sent their gradients.
    arrived.copyTo(values, plan.from(piece));
    areThere(step, piece);
  }

  /** Computes with weights of its own as all others do: as they are sent. */
  private void takeOwn(long step, int piece, float[] exact) {
    System.arraycopy(exact, 0, values, plan.from(piece), exact.length);
    if (plan.wire(piece) == Wire.BF16) {
      BFloat16.round(values, plan.from(piece), plan.to(piece));
    }
    areThere(step, piece);
  }

  private void areThere(long step, int piece) {
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
    return isGuest() ? fetch(step) : awaitAll(step);
  }

  private Wait awaitAll(long step) {
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
        for (long version : versions) {
          least = Math.min(least, version);
          most = Math.max(most, version);
        }
        if (least >= step) {
          // Values of a later step: this task's sum has come from its copy.
          return most > step ? Wait.LOST : Wait.READY;
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

  /** Ends its threads, when they have sent what they have. */
  void close() {
    lock.lock();
    try {
      if (lost == null) {
        lost = "another plan has taken its place";
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    movers.shutdown();
    try {
      if (!movers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("slices are still on their way to executors that may be gone");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
