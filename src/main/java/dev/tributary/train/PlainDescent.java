package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.nn.Network;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Tensor;
import dev.tributary.tensor.Finite;
import dev.tributary.tensor.Ranges;
import java.util.List;

/** All values in this memory, moved here; gradients come from a source. */
public final class PlainDescent implements Descent {
  private final GradientSource source;
  private final Network network;
  private final Trainer.Plan plan;
  private final State state;
  private final SentWeights sent;
  private final Ranges ranges;

  /** Starts from the network's initial values; the source is closed by whoever opened it. */
  public PlainDescent(GradientSource source, Network network, Trainer.Plan plan, long seed) {
    this.source = source;
    this.network = network;
    this.plan = plan;
    this.state = initial(network, plan, seed);
    this.ranges = source.ranges();
    this.sent = new SentWeights(source.wire().rounded(network.parameterCount()));
  }

  /** The state before the first step. */
  public static State initial(Network network, Trainer.Plan plan, long seed) {
    float[] values = network.initialValues(seed);
    return new State(
        values,
        plan.optimizer().newSlots(network.parameterCount()),
        plan.average() == null ? null : values.clone());
  }

  @Override
  public long samples() {
    return source.samples();
  }

  @Override
  public Sums step(Step step, double rate) {
    float[] values = state.values();
    double penalty = penalty(values);
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
      if (!move(values, mean, rate, step.number() + 1)) {
        throw DivergedException.ofUpdate(step, rate, network, values);
      }
    }
    return new Sums(sum.samples(), sum.weight(), sum.loss() + penalty * sum.weight());
  }

  /** Of the weights that the loss is computed with. */
  private double penalty(float[] values) {
    return Optimizer.isPenalised(plan.tensors())
        ? Optimizer.penalty(sent.of(values), plan.tensors())
        : 0;
  }

  /**
   * Makes the sum the mean gradient, and state: the one place where a sum over samples is divided.
   *
   * @return whether all of it is finite
   */
  private boolean divide(GradientSum sum, int weights) {
    float[] gradient = sum.gradient();
    // State says nothing of the loss, so samples' weights have no part in it.
    boolean isStateFinite = Finite.scale(gradient, weights, gradient.length, 1f / sum.samples());
    float factor = (float) (1 / sum.weight());
    return ranges.all(0, weights, (from, to) -> Finite.scale(gradient, from, to, factor))
        && isStateFinite;
  }

  /**
   * Moves the values, and the average, by a step.
   *
   * @param number the step's, from 1
   * @return whether they are finite then
   */
  private boolean move(float[] values, float[] mean, double rate, long number) {
    int weights = network.parameterCount();
    Optimizer optimizer = plan.optimizer();
    boolean isByPart = optimizer.isByPart();
    if (!isByPart) {
      optimizer.step(values, mean, state.slots(), plan.tensors(), rate, number);
    }
    boolean isFinite =
        ranges.all(
            0,
            weights,
            (from, to) -> {
              if (isByPart) {
                List<Tensor> own = Tensor.cut(plan.tensors(), from, to);
                optimizer.step(values, mean, state.slots(), own, rate, number);
              }
              return Finite.all(values, from, to);
            });
    network.moveState(values, mean);
    if (!isFinite || !Finite.all(values, weights, values.length)) {
      return false;
    }
    if (plan.average() != null && state.averaged() != null) {
      plan.average().move(state.averaged(), values, number);
    }
    return true;
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void moveTo(State there) {
    copy(there.values(), state.values());
    for (int i = 0; i < state.slots().length; i++) {
      copy(there.slots()[i], state.slots()[i]);
    }
    if (state.averaged() != null && there.averaged() != null) {
      copy(there.averaged(), state.averaged());
    }
  }

  private static void copy(float[] from, float[] to) {
    System.arraycopy(from, 0, to, 0, to.length);
  }

  /** Nothing is held but memory. */
  @Override
  public void close() {}
}
