package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.nn.Network;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import dev.tributary.optim.SchedulePlan;
import dev.tributary.optim.Tensor;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Synchronous stochastic gradient descent, as a lazy run of steps: each {@link #next} makes one and
 * tells what it was. Stopping, logging, saving and showing are done by whoever reads the run.
 */
public final class Trainer implements Iterator<TrainedStep> {
  /**
   * How training goes.
   *
   * @param optimizer the update rule
   * @param tensors what is trained, as {@link Network#slices} has it, with what layers ask for
   * @param schedule the learning rate
   * @param average what averages the weights, if anything does
   * @param epochs passes over the data
   * @param batch samples in a mini-batch, on average over an epoch's steps
   */
  public record Plan(
      Optimizer optimizer,
      List<Tensor> tensors,
      SchedulePlan schedule,
      @Nullable Average average,
      int epochs,
      int batch) {}

  /** The network's parameters as tensors, each with what its layer, of these wishes, asks for. */
  public static List<Tensor> tensors(Network network, List<Tensor.Tuning> tunings) {
    return network.slices().stream()
        .map(
            s ->
                new Tensor(
                    s.offset(),
                    s.offset() + s.parameter().size(),
                    s.parameter().dimensions().size() == 1,
                    tunings.get(s.layer())))
        .toList();
  }

  private final Descent descent;
  private final Plan plan;
  private final Schedule schedule;
  private final int stepsPerEpoch;
  private double rateFactor = 1;
  private long done;

  /** Starts from the network's initial weights, which are moved in this memory. */
  public Trainer(GradientSource source, Network network, Plan plan, long seed) {
    this(new PlainDescent(source, network, plan, seed), plan);
  }

  /** Starts from where a descent is, of the same plan. */
  public Trainer(Descent descent, Plan plan) {
    this.descent = descent;
    this.plan = plan;
    this.stepsPerEpoch = Step.perEpoch(descent.samples(), plan.batch());
    this.schedule = plan.schedule().over(stepsPerEpoch, steps());
  }

  /**
   * Starts from the values of a model of the same network instead; before the first step.
   *
   * @throws IllegalArgumentException if their number is not the network's
   */
  public void warmStart(float[] from) {
    Descent.State first = descent.state();
    if (from.length != first.values().length) {
      throw new IllegalArgumentException(
          "a start of " + from.length + " values, but the network has " + first.values().length);
    }
    descent.moveTo(new Descent.State(from, first.slots(), first.averaged() == null ? null : from));
  }

  /** Steps in an epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Steps in the whole run. */
  public long steps() {
    return (long) plan.epochs() * stepsPerEpoch;
  }

  /**
   * The weights to evaluate and to keep, and state behind them: the average if there is one, else
   * those of the last step; valid until the next step.
   */
  public float[] values() {
    return descent.state().best();
  }

  /** Steps made. */
  long done() {
    return done;
  }

  /** Multiplies all rates from here on, as a schedule does that looks at the results. */
  public void scaleRate(double factor) {
    rateFactor *= factor;
  }

  /**
   * Where a run is: all that its later steps depend on, besides the job and the data.
   *
   * @param done steps made
   * @param rateFactor what rates are multiplied by
   * @param state what the steps have made
   */
  record Position(long done, double rateFactor, Descent.State state) {
    /** The same with a smaller rate. */
    Position slower(double factor) {
      return new Position(done, rateFactor * factor, state);
    }
  }

  /** A copy of where this run is. */
  Position position() {
    return new Position(done, rateFactor, descent.state().copy());
  }

  /** Where this run is now, which may come while it goes on, as {@link Descent#keep} has it. */
  CompletableFuture<Position> keep() {
    long now = done;
    double factor = rateFactor;
    return descent.keep().thenApply(state -> new Position(now, factor, state));
  }

  /** Writes a position down, each name behind this prefix. */
  static void write(Position position, Snapshot to, String prefix) {
    to.put(prefix + Snapshot.STEP, position.done());
    to.put(prefix + "rate_factor", position.rateFactor());
    to.put(prefix + "values", position.state().values());
    for (int i = 0; i < position.state().slots().length; i++) {
      to.put(prefix + "slot." + i, position.state().slots()[i]);
    }
    if (position.state().averaged() != null) {
      to.put(prefix + "average", position.state().averaged());
    }
  }

  /**
   * A position as {@link #write} wrote it.
   *
   * @throws IllegalArgumentException if it is not one of a run like this
   */
  Position read(Snapshot from, String prefix) {
    long step = from.whole(prefix + Snapshot.STEP);
    if (step < 0 || step > steps()) {
      throw new IllegalArgumentException(
          String.format("it is of step %,d, but the run has %,d steps", step, steps()));
    }
    Descent.State like = descent.state();
    float[][] slots = new float[like.slots().length][];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = from.array(prefix + "slot." + i, like.slots()[i].length);
    }
    float[] values = from.array(prefix + "values", like.values().length);
    float[] averaged =
        like.averaged() == null ? null : from.array(prefix + "average", values.length);
    return new Position(
        step, from.number(prefix + "rate_factor"), new Descent.State(values, slots, averaged));
  }

  /** Goes to where a run was. */
  void moveTo(Position there) {
    done = there.done();
    rateFactor = there.rateFactor();
    descent.moveTo(there.state());
  }

  @Override
  public boolean hasNext() {
    return done < steps();
  }

  /**
   * Makes the next step.
   *
   * @throws DivergedException if the loss, the gradient or the rate is not finite: the weights are
   *     then those before the step; or if the update led to weights that are not
   */
  @Override
  public TrainedStep next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all " + steps() + " steps are done");
    }
    Step step = Step.of(done, stepsPerEpoch);
    double rate = rateFactor * schedule.rate((double) done);
    Descent.Sums sums = descent.step(step, rate);
    done++;
    return new TrainedStep(step, rate, sums.samples(), sums.weight(), sums.loss());
  }
}
