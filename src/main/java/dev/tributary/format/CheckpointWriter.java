package dev.tributary.format;

import dev.tributary.train.Checkpointing;
import dev.tributary.train.Snapshot;
import dev.tributary.train.TrainedStep;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes checkpoints in a thread of its own, behind the training. While one comes or is written the
 * next waits, and gives way to a newer one: memory holds two at most of each kind.
 *
 * <p>A checkpoint that cannot be written (a full disk) is told of and does not end the run: the one
 * before it stays.
 */
public final class CheckpointWriter implements Checkpointing, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointWriter.class);

  private final Checkpoints checkpoints;
  private final Lease lease;
  private final Plan plan;
  private final BooleanSupplier stop;
  private final Checkpoint.Origin origin;
  private final Thread thread;

  private @Nullable CompletableFuture<Snapshot> waiting;
  private @Nullable CompletableFuture<Snapshot> waitingBest;
  private boolean isClosed;
  private long lastNanos = System.nanoTime();

  /**
   * A writer that has nothing to write yet.
   *
   * @param lease of the run's directory: without it nothing is written, and the run ends
   * @param stop whether the run shall end after the step that it is making
   * @param origin of what run
   */
  public CheckpointWriter(
      Checkpoints checkpoints,
      Lease lease,
      Plan plan,
      BooleanSupplier stop,
      Checkpoint.Origin origin) {
    this.checkpoints = checkpoints;
    this.lease = lease;
    this.plan = plan;
    this.stop = stop;
    this.origin = origin;
    this.thread = new Thread(this::work, "checkpoint writer");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether it is time.
   *
   * @throws LeaseException if another process has taken the run's directory
   */
  @Override
  public boolean isDue(TrainedStep step) {
    LeaseException lost = lease.lost();
    if (lost != null) {
      throw lost;
    }
    long made = step.step().number() + 1;
    boolean isDue =
        switch (plan.unit()) {
          case STEPS -> made % plan.every() == 0;
          case EPOCHS -> step.step().endsEpoch() && (step.step().epoch() + 1) % plan.every() == 0;
          case MINUTES -> System.nanoTime() - lastNanos >= plan.every() * 60_000_000_000L;
        };
    if (isDue) {
      lastNanos = System.nanoTime();
    }
    return isDue;
  }

  @Override
  public boolean keepsBest() {
    return plan.keepsBest();
  }

  @Override
  public boolean isStopRequested() {
    return stop.getAsBoolean();
  }

  @Override
  public synchronized void save(CompletableFuture<Snapshot> snapshot, boolean isBest) {
    if (isBest) {
      waitingBest = snapshot;
    } else {
      waiting = snapshot;
    }
    notifyAll();
  }

  private void work() {
    try {
      while (true) {
        CompletableFuture<Snapshot> snapshot;
        boolean isBest;
        synchronized (this) {
          while (waiting == null && waitingBest == null && !isClosed) {
            wait();
          }
          isBest = waiting == null;
          snapshot = isBest ? waitingBest : waiting;
          if (snapshot == null) {
            return;
          }
          if (isBest) {
            waitingBest = null;
          } else {
            waiting = null;
          }
        }
        await(snapshot, isBest);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void await(CompletableFuture<Snapshot> snapshot, boolean isBest)
      throws InterruptedException {
    try {
      write(snapshot.get(), isBest);
    } catch (ExecutionException e) {
      LOG.warn(
          "a checkpoint is not written, and the one before it stays: {}",
          e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }
  }

  private void write(Snapshot snapshot, boolean isBest) {
    try {
      lease.check();
      checkpoints.write(new Checkpoint(snapshot, origin), isBest, plan.keep());
      LOG.info("checkpoint of step {} written", snapshot.step());
    } catch (LeaseException e) {
      LOG.warn("the checkpoint of step {} is not written: {}", snapshot.step(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.warn(
          "the checkpoint of step {} could not be written, training goes on and the one before it"
              + " stays: {}",
          snapshot.step(),
          e.getMessage());
    }
  }

  /** Waits until all is written. */
  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a checkpoint interval is counted in. */
  public enum Unit {
    /** Of training. */
    STEPS,
    /** Passes over the data. */
    EPOCHS,
    /** By the clock. */
    MINUTES
  }

  /**
   * When checkpoints are written and which stay.
   *
   * @param every how many units lie between two
   * @param unit what that counts
   * @param keep how many of the newest stay
   * @param keepsBest whether that of the best evaluation stays too
   */
  public record Plan(int every, Unit unit, int keep, boolean keepsBest) {}
}
