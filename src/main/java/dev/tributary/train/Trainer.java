package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.nn.Network;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.IntFunction;

/**
 * Synchronous stochastic gradient descent, as a lazy run of steps: each {@link #next} makes one and
 * tells what it was. Stopping, logging, saving and showing are done by whoever reads the run.
 */
public final class Trainer implements Iterator<TrainedStep> {
  /**
   * How training goes.
   *
   * @param optimizer the update rule
   * @param schedule the learning rate by steps, given the number of steps in an epoch
   * @param epochs passes over the data
   * @param batch samples in a mini-batch, on average over an epoch's steps
   */
  public record Plan(Optimizer optimizer, IntFunction<Schedule> schedule, int epochs, int batch) {}

  private final GradientSource source;
  private final Plan plan;
  private final Schedule schedule;
  private final int stepsPerEpoch;
  private final Network network;
  private final float[] values;
  private final float[][] slots;
  private long done;

  /** Starts from the network's initial weights. */
  public Trainer(GradientSource source, Network network, Plan plan, long seed) {
    this.source = source;
    this.plan = plan;
    this.stepsPerEpoch = Step.perEpoch(source.samples(), plan.batch());
    this.schedule = plan.schedule().apply(stepsPerEpoch);
    this.network = network;
    this.values = network.initialValues(seed);
    this.slots = plan.optimizer().newSlots(network.parameterCount());
  }

  /** Steps in an epoch. */
  public int stepsPerEpoch() {
    return stepsPerEpoch;
  }

  /** Steps in the whole run. */
  public long steps() {
    return (long) plan.epochs() * stepsPerEpoch;
  }

  /** The weights as they are now, and state behind them; the trainer's own memory. */
  public float[] values() {
    return values;
  }

  @Override
  public boolean hasNext() {
    return done < steps();
  }

  /**
   * Makes the next step.
   *
   * @throws DivergedException if the loss or the gradient is not finite; the weights are then those
   *     before the step
   */
  @Override
  public TrainedStep next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all " + steps() + " steps are done");
    }
    Step step = Step.of(done, stepsPerEpoch);
    double rate = schedule.rate(done);
    GradientSum sum = source.gradient(values, step);
    if (sum.weight() > 0) {
      float[] mean = divide(sum, network.parameterCount());
      DivergedException.check(sum.loss(), mean, step, rate);
      plan.optimizer().step(values, mean, slots, 0, network.parameterCount(), rate, done + 1);
      network.moveState(values, mean);
    }
    done++;
    return new TrainedStep(step, rate, sum.samples(), sum.weight(), sum.loss());
  }

  /** The mean gradient, and state: the one place where a sum over samples is divided. */
  private static float[] divide(GradientSum sum, int weights) {
    float[] gradient = sum.gradient();
    float share = (float) (1 / sum.weight());
    for (int i = 0; i < weights; i++) {
      gradient[i] *= share;
    }
    // State says nothing of the loss, so samples' weights have no part in it.
    float stateShare = 1f / sum.samples();
    for (int i = weights; i < gradient.length; i++) {
      gradient[i] *= stateShare;
    }
    return gradient;
  }
}
