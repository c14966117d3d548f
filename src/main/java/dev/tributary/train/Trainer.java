package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.nn.Network;
import dev.tributary.optim.Average;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import dev.tributary.optim.SchedulePlan;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Finite;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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

  private final GradientSource source;
  private final Plan plan;
  private final Schedule schedule;
  private final int stepsPerEpoch;
  private final Network network;
  private final float[] values;
  private final float[][] slots;
  private final float @Nullable [] averaged;
  private double rateFactor = 1;
  private long done;

  /** Starts from the network's initial weights. */
  public Trainer(GradientSource source, Network network, Plan plan, long seed) {
    this.source = source;
    this.plan = plan;
    this.stepsPerEpoch = Step.perEpoch(source.samples(), plan.batch());
    this.schedule = plan.schedule().over(stepsPerEpoch, steps());
    this.network = network;
    this.values = network.initialValues(seed);
    this.slots = plan.optimizer().newSlots(network.parameterCount());
    this.averaged = plan.average() == null ? null : values.clone();
  }

  /**
   * Starts from the values of a model of the same network instead; before the first step.
   *
   * @throws IllegalArgumentException if their number is not the network's
   */
  public void warmStart(float[] from) {
    if (from.length != values.length) {
      throw new IllegalArgumentException(
          "a start of " + from.length + " values, but the network has " + values.length);
    }
    System.arraycopy(from, 0, values, 0, values.length);
    if (averaged != null) {
      System.arraycopy(from, 0, averaged, 0, averaged.length);
    }
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
   * those of the last step; the trainer's own memory.
   */
  public float[] values() {
    return averaged == null ? values : averaged;
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
   * @param values weights, and state behind them
   * @param slots the optimizer's
   * @param averaged the weights' average, if there is one
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier between a trainer and who keeps it
  record Position(
      long done, double rateFactor, float[] values, float[][] slots, float @Nullable [] averaged) {
    /** The same with a smaller rate. */
    Position slower(double factor) {
      return new Position(done, rateFactor * factor, values, slots, averaged);
    }
  }

  /** A copy of where this run is. */
  Position position() {
    float[][] copies = Arrays.stream(slots).map(float[]::clone).toArray(float[][]::new);
    return new Position(
        done, rateFactor, values.clone(), copies, averaged == null ? null : averaged.clone());
  }

  /** Writes a position down, each name behind this prefix. */
  static void write(Position position, Snapshot to, String prefix) {
    to.put(prefix + Snapshot.STEP, position.done());
    to.put(prefix + "rate_factor", position.rateFactor());
    to.put(prefix + "values", position.values());
    for (int i = 0; i < position.slots().length; i++) {
      to.put(prefix + "slot." + i, position.slots()[i]);
    }
    if (position.averaged() != null) {
      to.put(prefix + "average", position.averaged());
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
    float[][] there = new float[slots.length][];
    for (int i = 0; i < slots.length; i++) {
      there[i] = from.array(prefix + "slot." + i, slots[i].length);
    }
    return new Position(
        step,
        from.number(prefix + "rate_factor"),
        from.array(prefix + "values", values.length),
        there,
        averaged == null ? null : from.array(prefix + "average", averaged.length));
  }

  /** Goes to where a run was. */
  void moveTo(Position there) {
    done = there.done();
    rateFactor = there.rateFactor();
    System.arraycopy(there.values(), 0, values, 0, values.length);
    for (int i = 0; i < slots.length; i++) {
      System.arraycopy(there.slots()[i], 0, slots[i], 0, slots[i].length);
    }
    if (averaged != null && there.averaged() != null) {
      System.arraycopy(there.averaged(), 0, averaged, 0, averaged.length);
    }
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
    double penalty = Optimizer.penalty(values, plan.tensors());
    GradientSum sum = source.gradient(values, step);
    if (sum.weight() > 0) {
      float[] mean = sum.gradient();
      if (!divide(sum, network.parameterCount()) || !Double.isFinite(sum.loss())) {
        throw DivergedException.ofGradient(
            step, sum.loss(), rate, source.findNonFinite(values, step));
      }
      if (!Double.isFinite(rate)) {
        throw DivergedException.ofRate(step, rate);
      }
      plan.optimizer().step(values, mean, slots, plan.tensors(), rate, done + 1);
      network.moveState(values, mean);
      if (!Finite.all(values, 0, values.length)) {
        throw DivergedException.ofUpdate(step, rate, network, values);
      }
      if (plan.average() != null && averaged != null) {
        plan.average().move(averaged, values, done + 1);
      }
    }
    done++;
    double loss = sum.loss() + penalty * sum.weight();
    return new TrainedStep(step, rate, sum.samples(), sum.weight(), loss);
  }

  /**
   * Makes the sum the mean gradient, and state: the one place where a sum over samples is divided.
   *
   * @return whether all of it is finite
   */
  private static boolean divide(GradientSum sum, int weights) {
    float[] gradient = sum.gradient();
    // State says nothing of the loss, so samples' weights have no part in it.
    boolean isStateFinite = Finite.scale(gradient, weights, gradient.length, 1f / sum.samples());
    return Finite.scale(gradient, 0, weights, (float) (1 / sum.weight())) && isStateFinite;
  }
}
