package dev.tributary.spark.slices;

import dev.tributary.data.Step;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.SparkGradients;
import dev.tributary.spark.slices.TurnMessage.Go;
import dev.tributary.train.Descent;
import dev.tributary.train.DivergedException;
import dev.tributary.train.GradientSum;
import dev.tributary.train.Objective;
import dev.tributary.train.PartDescent;
import dev.tributary.train.PlainDescent;
import dev.tributary.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A descent whose values are moved by the executors, each a slice: what a step brings to the driver
 * is a few numbers for each task.
 *
 * <p>The driver keeps the state as it was when somebody last asked for it, and what steps were made
 * since. When an executor is lost, the others are given new slices of that state, and those steps
 * are made again: to the same bytes, since a step is a function of the state, the data and its
 * number. So it is, by the plain way, when a step diverges, which then fails as it does there.
 *
 * <p>A state that somebody wants to keep is brought behind the steps: the owners copy theirs before
 * they make the next one.
 */
public final class SlicedDescent implements Descent {
  private static final Logger LOG = LoggerFactory.getLogger(SlicedDescent.class);

  /** Plans made in a row without a step before it gives up. */
  private static final int MOST_PLANS = 8;

  /** The share of the time that may go into bringing the state to the driver unasked. */
  private static final double KEEPING = 0.05;

  private static final long KEEP_FIRST = TimeUnit.SECONDS.toNanos(30);

  /** A step that the driver's state does not have yet. */
  private record Made(Step step, double rate) {}

  /** A state that is to be kept: that before a step. */
  private static final class Wanted {
    final long step;
    final CompletableFuture<State> promise = new CompletableFuture<>();

    /** Brings it, as soon as the step is made. */
    @Nullable StateFetch fetch;

    Wanted(long step) {
      this.step = step;
    }
  }

  private final JavaSparkContext spark;
  private final Objective objective;
  private final ShardedData data;
  private final Trainer.Plan plan;
  private final int fanIn;
  private final Broadcast<GradientWorkers> workers;
  private final Seating seating;

  /** Whether executors have come that own nothing. */
  private boolean guests;

  private State known;
  private final List<Made> since = new ArrayList<>();
  private @Nullable Wanted wanted;
  private long keptAt = System.nanoTime();
  private long keepingTook;

  /**
   * Starts from the network's initial values.
   *
   * @param fanIn of the tree by which a step that diverges is made again
   * @throws IllegalArgumentException if the optimizer takes norms over all weights
   */
  public SlicedDescent(
      JavaSparkContext spark, Objective objective, ShardedData data, Trainer.Plan plan, int fanIn) {
    if (!plan.optimizer().isByPart()) {
      throw new IllegalArgumentException(
          "train.exchange = slices cannot update a slice of the weights by a rule that takes norms"
              + " over all of them, as clipping by norm, lars and lamb do; set train.exchange = tree");
    }
    this.spark = spark;
    this.objective = objective;
    this.data = data;
    this.plan = plan;
    this.fanIn = fanIn;
    this.known = PlainDescent.initial(objective.network(), plan, objective.seed());
    this.workers = spark.broadcast(new GradientWorkers(objective));
    PartDescent.Rule rule = new PartDescent.Rule(plan.optimizer(), plan.tensors(), plan.average());
    this.seating = new Seating(spark, data, objective, rule);
  }

  @Override
  public long samples() {
    return data.samples();
  }

  @Override
  public Sums step(Step step, double rate) {
    if (!Double.isFinite(rate)) {
      return plainly(state(), step, rate);
    }
    Sums sums = null;
    for (int plans = 0; sums == null; plans++) {
      try {
        if (wanted != null && wanted.fetch != null && wanted.fetch.isDone()) {
          awaitWanted();
        }
        catchUp(step.number());
        sums = run(step, rate);
        since.add(new Made(step, rate));
      } catch (InterruptedExchangeException e) {
        lose(e, plans);
      } catch (NotFiniteException e) {
        Made bad = e.isOfTheStepBefore() ? since.remove(since.size() - 1) : new Made(step, rate);
        Sums made = plainly(stateBefore(bad), bad.step(), bad.rate());
        sums = bad.step().equals(step) ? made : null;
      }
    }
    keepNowAndThen();
    return sums;
  }

  /** Sits the executors down if they are not, and makes again what they have not made. */
  private void catchUp(long next) {
    if (seating.isSeated()) {
      return;
    }
    seating.sit(known, since.isEmpty() ? next : since.get(0).step().number());
    if (!since.isEmpty()) {
      LOG.info("making {} steps again", since.size());
    }
    for (Made made : since) {
      run(made.step(), made.rate());
    }
  }

  private void rise() {
    seating.rise();
    if (wanted != null && wanted.fetch != null) {
      wanted.fetch.cancel();
      wanted.fetch = null;
    }
  }

  private void lose(InterruptedExchangeException e, int plans) {
    rise();
    if (plans + 1 >= MOST_PLANS) {
      throw new IllegalStateException(
          "the executors cannot exchange slices of the weights, "
              + MOST_PLANS
              + " times in a row: "
              + e.getMessage()
              + "; see whether executors reach each other (spark.tributary.exchange.port fixes the"
              + " port), or set train.exchange = tree",
          e);
    }
    LOG.warn("the exchange of slices begins anew: {}", e.getMessage());
    try {
      // A lost executor's place may soon be taken by another.
      TimeUnit.MILLISECONDS.sleep(200L << Math.min(plans, 4));
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", interruption);
    }
  }

  /** Makes a step by the seated executors. */
  private Sums run(Step step, double rate) {
    boolean keeps = wanted != null && wanted.step == step.number();
    SliceTask.Result[] results = seating.step(workers, new Go(step, rate, keeps));
    boolean isFinite = true;
    GradientSum[] scalars = new GradientSum[results.length];
    for (int i = 0; i < results.length; i++) {
      SliceTask.Result result = results[i];
      scalars[i] = result.scalars();
      guests |= result.isGuest();
      switch (result.state()) {
        case LOST -> throw new InterruptedExchangeException(result.why());
        case POISONED -> throw new NotFiniteException(true);
        case NOT_FINITE -> isFinite = false;
        case DONE -> {}
      }
    }
    GradientSum sum = GradientSum.fold(scalars);
    if (!isFinite && sum.weight() > 0) {
      throw new NotFiniteException(false);
    }
    if (wanted != null && keeps) {
      wanted.fetch = seating.fetch(known, wanted.step);
    }
    double penalty = results[0].penalty();
    return new Sums(sum.samples(), sum.weight(), sum.loss() + penalty * sum.weight());
  }

  /** The state before a step that did not work out, which is the next after those made. */
  private State stateBefore(Made bad) {
    rise();
    for (int plans = 0; !since.isEmpty(); plans++) {
      try {
        catchUp(bad.step().number());
        collect();
      } catch (InterruptedExchangeException e) {
        lose(e, plans);
      }
    }
    return known;
  }

  /** Makes a step in this memory: to see it fail as it does elsewhere. */
  private Sums plainly(State from, Step step, double rate) {
    rise();
    known = from;
    since.clear();
    try (SparkGradients gradients = SparkGradients.alongTheTree(spark, objective, data, fanIn)) {
      PlainDescent plain = new PlainDescent(gradients, objective.network(), plan, objective.seed());
      plain.moveTo(from);
      bringWanted(step.number());
      Sums sums = plain.step(step, rate);
      known = plain.state();
      bringWanted(step.number() + 1);
      return sums;
    } catch (DivergedException e) {
      if (wanted != null) {
        wanted.promise.completeExceptionally(e);
        wanted = null;
      }
      throw e;
    }
  }

  /** What is known is the state before this step: if that is wanted, it is here. */
  private void bringWanted(long step) {
    if (wanted != null && wanted.step == step) {
      wanted.promise.complete(known);
      wanted = null;
    }
  }

  /** Bounds what is to be made again after a loss, at a small part of the time. */
  private void keepNowAndThen() {
    long past = System.nanoTime() - keptAt;
    if (wanted == null && past > KEEP_FIRST && keepingTook < KEEPING * past) {
      if (guests) {
        state();
      } else {
        want();
      }
    }
  }

  @Override
  public State state() {
    insist(() -> !since.isEmpty(), this::collect);
    return known;
  }

  @Override
  public CompletableFuture<State> keep() {
    if (guests) {
      // Where the state is brought at once they are given slices.
      state();
    }
    return since.isEmpty() ? CompletableFuture.completedFuture(known) : want().promise;
  }

  /** Has the state after the steps made brought, of which there are some. */
  private Wanted want() {
    long next = since.get(since.size() - 1).step().number() + 1;
    // One at a time: each is a copy of all that the executors own.
    insist(() -> wanted != null && wanted.step < next, this::awaitWanted);
    if (wanted == null) {
      wanted = new Wanted(next);
    }
    return wanted;
  }

  /** Does something with the executors for as long as it is needed, whatever befalls them. */
  private void insist(BooleanSupplier isNeeded, Runnable work) {
    for (int plans = 0; isNeeded.getAsBoolean(); plans++) {
      try {
        catchUp(-1);
        work.run();
      } catch (InterruptedExchangeException e) {
        lose(e, plans);
      } catch (NotFiniteException e) {
        Made bad = since.remove(since.size() - 1);
        plainly(stateBefore(bad), bad.step(), bad.rate());
      }
    }
  }

  private void collect() {
    awaitWanted();
    Made last = since.get(since.size() - 1);
    seating.rest();
    know(seating.fetch(known, last.step().number() + 1));
    since.clear();
    bringWanted(last.step().number() + 1);
    if (guests) {
      // From here nothing needs to be made again, so this is the time to share anew.
      rise();
      guests = false;
    }
  }

  /** Waits for a state that is being brought, if one is. */
  private void awaitWanted() {
    if (wanted == null || wanted.fetch == null) {
      return;
    }
    know(wanted.fetch);
    long step = wanted.step;
    since.removeIf(made -> made.step().number() < step);
    bringWanted(step);
  }

  private void know(StateFetch fetch) {
    known = seating.await(fetch);
    keptAt = System.nanoTime();
    keepingTook = keptAt - fetch.begun();
  }

  @Override
  public void moveTo(State there) {
    insist(() -> wanted != null, this::collect);
    rise();
    known = there.copy();
    since.clear();
  }

  @Override
  public void close() {
    if (wanted != null) {
      CompletableFuture<State> promise = wanted.promise;
      try {
        state();
      } catch (RuntimeException e) {
        promise.completeExceptionally(e);
      } finally {
        // Whoever waits for it must not wait for ever.
        promise.completeExceptionally(new IllegalStateException("its run ended before it came"));
      }
    }
    seating.close();
    workers.value().close();
    workers.destroy();
  }
}
