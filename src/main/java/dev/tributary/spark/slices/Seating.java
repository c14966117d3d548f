package dev.tributary.spark.slices;

import dev.tributary.data.Shard;
import dev.tributary.nn.Network;
import dev.tributary.spark.Failures;
import dev.tributary.spark.GradientWorkers;
import dev.tributary.spark.ShardedData;
import dev.tributary.spark.slices.TurnMessage.Go;
import dev.tributary.tensor.FloatBlock;
import dev.tributary.tensor.Wire;
import dev.tributary.train.Descent;
import dev.tributary.train.Objective;
import dev.tributary.train.PartDescent;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/** Who owns which slice at present, and the jobs that all of them take part in. */
final class Seating implements AutoCloseable {
  private static final AtomicLong RUNS = new AtomicLong();

  /** Tries to see each executor that owns pieces in one job. */
  private static final int TRIES = 5;

  private final JavaSparkContext spark;
  private final RDD<Shard> shards;
  private final Network network;
  private final PartDescent.Rule rule;
  private final Wire wire;
  private final long run = RUNS.incrementAndGet();
  private final String tag = "tributary-slices-" + run;
  private final Leaving leaving = new Leaving();
  private final Turns turns;

  private @Nullable SlicePlan plan;
  private @Nullable Broadcast<SlicePlan> sentPlan;
  private int generation;
  private volatile @Nullable String gone;

  Seating(JavaSparkContext spark, ShardedData data, Objective objective, PartDescent.Rule rule) {
    this.spark = spark;
    this.shards = data.shards().rdd();
    this.network = objective.network();
    this.wire = objective.wire();
    this.rule = rule;
    this.turns = new Turns(spark.sc(), shards, run);
    spark.sc().addSparkListener(leaving);
  }

  /** Hears of executors that are lost. */
  private final class Leaving extends SparkListener {
    private volatile List<String> executors = List.of();

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
      if (executors.contains(event.executorId())) {
        gone = "executor " + event.executorId() + " is lost: " + event.reason();
        spark.sc().cancelJobsWithTag(tag);
      }
    }
  }

  private Broadcast<SlicePlan> plan() {
    if (sentPlan == null) {
      throw new InterruptedExchangeException("nobody is seated");
    }
    return sentPlan;
  }

  boolean isSeated() {
    return plan != null && gone == null;
  }

  /** The plan is void. */
  void rise() {
    turns.abandon();
    plan = null;
    if (sentPlan != null) {
      sentPlan.destroy();
      sentPlan = null;
    }
    leaving.executors = List.of();
  }

  /**
   * Gives every executor that has data a slice of a state.
   *
   * @param firstStep the number of the first step from there
   */
  void sit(Descent.State state, long firstStep) {
    rise();
    generation++;
    gone = null;
    Map<String, Seat> seats = new LinkedHashMap<>();
    for (Seat seat : run(new SeatTask.Address(), Seat.class)) {
      seats.put(seat.executor(), seat);
    }
    leaving.executors = List.copyOf(seats.keySet());
    SlicePlan next =
        new SlicePlan(
            run,
            generation,
            firstStep,
            List.copyOf(seats.values()),
            SlicePlan.cut(network.parameterCount(), network.valueCount(), seats.size()),
            shards.getNumPartitions(),
            !spark.getConf().getBoolean("spark.speculation", false),
            network,
            rule,
            wire);
    List<Broadcast<?>> sent = new ArrayList<>();
    try {
      Broadcast<SlicePlan> nextSent = spark.broadcast(next);
      sentPlan = nextSent;
      Broadcast<FloatBlock> values = keep(sent, send(state.values()));
      List<Broadcast<FloatBlock>> slots = new ArrayList<>();
      if (Arrays.stream(state.slots()).anyMatch(Seating::isAny)) {
        for (float[] slot : state.slots()) {
          slots.add(keep(sent, send(slot)));
        }
      }
      float[] average = state.averaged();
      Broadcast<FloatBlock> averaged =
          average == null
              ? null
              : Arrays.equals(average, state.values()) ? values : keep(sent, send(average));
      takeSeats(new SeatTask.Take(nextSent, values, slots, averaged), seats.keySet());
      for (String problem : run(new SeatTask.Greet(run), String.class)) {
        if (!problem.isEmpty()) {
          throw new InterruptedExchangeException(problem);
        }
      }
    } finally {
      sent.forEach(Broadcast::destroy);
    }
    turns.begin(generation);
    plan = next;
  }

  /** Makes a step by those who are seated; what a task fails with is thrown. */
  SliceTask.Result[] step(Broadcast<GradientWorkers> workers, Go go) {
    TurnTask task = new TurnTask(workers, plan(), turns.name());
    return tagged(() -> turns.step(task, go));
  }

  private void takeSeats(SeatTask.Take take, java.util.Set<String> executors) {
    List<String> missing = new ArrayList<>(executors);
    for (int i = 0; i < TRIES && !missing.isEmpty(); i++) {
      missing.removeAll(Arrays.asList(run(take, String.class)));
    }
    if (!missing.isEmpty()) {
      throw new InterruptedExchangeException("no task came to executors " + missing);
    }
  }

  private Broadcast<FloatBlock> send(float[] values) {
    return spark.broadcast(new FloatBlock(values));
  }

  private static <T> Broadcast<T> keep(List<Broadcast<?>> sent, Broadcast<T> broadcast) {
    sent.add(broadcast);
    return broadcast;
  }

  private static boolean isAny(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Begins to bring the state before a step to the driver; that of the last step, or one that is
   * kept.
   *
   * @param like whose arrays are as many and as long
   */
  StateFetch fetch(Descent.State like, long step) {
    return StateFetch.begin(current(), step, like);
  }

  /** Waits for what is being brought. */
  Descent.State await(StateFetch fetch) {
    return fetch.await(() -> gone);
  }

  /** Lets other jobs have the places, as no step will be made for a while. */
  void rest() {
    turns.end();
  }

  private SlicePlan current() {
    if (plan == null) {
      throw new InterruptedExchangeException("nobody is seated");
    }
    return plan;
  }

  /** Runs a task on every partition; what it fails with is thrown. */
  private <T> T[] run(AbstractFunction1<Iterator<Shard>, T> task, Class<T> type) {
    turns.end();
    @SuppressWarnings("unchecked") // an array of the type
    T[] results = (T[]) Array.newInstance(type, shards.getNumPartitions());
    return tagged(
        () -> {
          spark.sc().runJob(shards, task, new Into<>(results), ClassTag$.MODULE$.apply(type));
          return results;
        });
  }

  /** Runs what is cancelled when an executor that owns a slice is lost. */
  private <T> T tagged(Supplier<T> jobs) {
    spark.sc().addJobTag(tag);
    try {
      return Failures.ofData(jobs);
    } catch (RuntimeException e) {
      String why = gone;
      if (why != null) {
        throw new InterruptedExchangeException(why);
      }
      throw e;
    } finally {
      spark.sc().removeJobTag(tag);
    }
  }

  /** Puts results into their places. */
  private static final class Into<T> extends AbstractFunction2<Object, T, BoxedUnit> {
    private final T[] results;

    Into(T[] results) {
      this.results = results;
    }

    @Override
    public BoxedUnit apply(Object partition, T result) {
      results[(Integer) partition] = result;
      return BoxedUnit.UNIT;
    }
  }

  @Override
  public void close() {
    turns.close();
    spark.sc().removeSparkListener(leaving);
    if (generation > 0 && !spark.sc().isStopped()) {
      rise();
      run(new SeatTask.Leave(run), Boolean.class);
      run(new SeatTask.Close(), Boolean.class);
    }
    Peer.closeIfIdle();
  }
}
