package dev.tributary.spark.slices;

import dev.tributary.train.Descent;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a state to the driver, which asks the owners for it piece by piece, while they may be
 * making steps.
 */
final class StateFetch {
  /** So many pieces are on their way at once. */
  private static final int THREADS = 2;

  /** Between two times of asking for what is not there yet, in milliseconds. */
  private static final long PAUSE = 2;

  private static final long LOOK = 50;

  private final SlicePlan plan;
  private final long step;
  private final Descent.State state;
  private final long begun = System.nanoTime();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger running = new AtomicInteger(THREADS);
  private final AtomicInteger missing;
  private final CompletableFuture<Descent.State> whole = new CompletableFuture<>();

  private StateFetch(SlicePlan plan, long step, Descent.State like) {
    this.plan = plan;
    this.step = step;
    this.missing = new AtomicInteger(plan.pieces());
    float[][] slots = new float[like.slots().length][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new float[like.slots()[i].length];
    }
    float[] averaged = like.averaged();
    this.state =
        new Descent.State(
            new float[like.values().length],
            slots,
            averaged == null ? null : new float[averaged.length]);
  }

  /**
   * Begins to bring the state before a step, which stands or is kept.
   *
   * @param like whose arrays are as many and as long
   */
  static StateFetch begin(SlicePlan plan, long step, Descent.State like) {
    StateFetch fetch = new StateFetch(plan, step, like);
    Peer peer = Peer.use();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(() -> fetch.work(peer), "tributary-slices-" + plan.run());
      thread.setDaemon(true);
      thread.start();
    }
    return fetch;
  }

  /** When it began, by {@link System#nanoTime}. */
  long begun() {
    return begun;
  }

  boolean isDone() {
    return whole.isDone();
  }

  /** Nobody wants it any more. */
  void cancel() {
    whole.cancel(false);
  }

  /**
   * Waits for it.
   *
   * @param gone says which executor is lost in the meantime, if one is
   * @throws InterruptedExchangeException if it cannot be had
   * @throws NotFiniteException if the step before has gone wrong
   */
  Descent.State await(Supplier<@Nullable String> gone) {
    while (true) {
      try {
        return whole.get(LOOK, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        String why = gone.get();
        if (why != null) {
          cancel();
          throw new InterruptedExchangeException(why);
        }
      } catch (ExecutionException e) {
        Throwable why = e.getCause() == null ? e : e.getCause();
        if (why instanceof NotFiniteException) {
          throw new NotFiniteException(true);
        }
        throw new InterruptedExchangeException(String.valueOf(why.getMessage()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while the state was brought", e);
      }
    }
  }

  private void work(Peer peer) {
    try {
      int piece = next.getAndIncrement();
      while (piece < plan.pieces() && !whole.isDone()) {
        bring(peer, piece);
        if (missing.decrementAndGet() == 0) {
          whole.complete(state);
        }
        piece = next.getAndIncrement();
      }
    } catch (IOException | RuntimeException e) {
      whole.completeExceptionally(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      whole.completeExceptionally(e);
    } catch (Error e) {
      // Memory that is not there: who waits must hear of it.
      whole.completeExceptionally(e);
      throw e;
    } finally {
      if (running.decrementAndGet() == 0) {
        peer.leave();
      }
    }
  }

  private void bring(Peer peer, int piece) throws IOException, InterruptedException {
    bring(peer, piece, Request.VALUES, state.values());
    if (state.averaged() != null) {
      bring(peer, piece, Request.AVERAGE, state.averaged());
    }
    if (plan.from(piece) < plan.network().parameterCount()) {
      for (int i = 0; i < state.slots().length; i++) {
        bring(peer, piece, Request.SLOTS + i, state.slots()[i]);
      }
    }
  }

  private void bring(Peer peer, int piece, int array, float[] to)
      throws IOException, InterruptedException {
    Request request = new Request(plan.run(), plan.generation(), step, piece, array);
    Seat owner = plan.seats().get(plan.owner(piece));
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Peer.timeoutSeconds());
    while (!whole.isDone()) {
      Message answer = peer.ask(owner, request);
      switch (answer.kind()) {
        case STATE -> {
          if (answer.values().count() != plan.size(piece)) {
            throw new IOException(
                String.format(
                    "%s sends %d values of piece %d, which has %d",
                    owner, answer.values().count(), piece, plan.size(piece)));
          }
          answer.values().copyTo(to, plan.from(piece));
          return;
        }
        case POISON -> throw new NotFiniteException(true);
        default -> {
          if (System.nanoTime() > until) {
            throw new IOException("piece " + piece + " does not come from " + owner);
          }
          TimeUnit.MILLISECONDS.sleep(PAUSE);
        }
      }
    }
  }
}
