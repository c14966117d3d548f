package dev.tributary.job;

import dev.tributary.engine.Precision;
import dev.tributary.nn.Loss;
import dev.tributary.nn.Network;
import dev.tributary.optim.Optimizer;
import dev.tributary.optim.Schedule;
import dev.tributary.train.Objective;
import org.jspecify.annotations.Nullable;

/**
 * A whole run as a value: what a job file says, checked, with its names made into objects.
 *
 * @param name the run's name
 * @param runDirectory where it leaves what it leaves; null for a free place under {@code runs/}
 * @param data where samples come from
 * @param model what is trained
 * @param training how
 * @param text the job in full, defaults included, as HOCON
 */
public record Job(
    String name,
    @Nullable String runDirectory,
    DataSpec data,
    Model model,
    Training training,
    String text) {

  /**
   * Where samples come from.
   *
   * @param format {@code digits} or {@code idx}
   * @param train idx: path and start of the training files' names
   * @param test the same for the test
   * @param digitsTrain digits: how many for training
   * @param digitsTest how many for the test
   * @param digitsSeed which ones
   */
  public record DataSpec(
      String format,
      @Nullable String train,
      @Nullable String test,
      long digitsTrain,
      long digitsTest,
      long digitsSeed) {}

  /**
   * What is trained, and enough to build it again.
   *
   * @param network the network
   * @param loss what is made small
   * @param engine what computes, and why that
   * @param precision of its products
   * @param networkText the network section alone, as JSON
   * @param lossText the loss section alone, as JSON
   */
  public record Model(
      Network network,
      Loss loss,
      EngineChoice engine,
      Precision precision,
      String networkText,
      String lossText) {}

  /**
   * How it is trained.
   *
   * @param optimizer the update rule
   * @param rates the learning rate
   * @param epochs passes over the data
   * @param batch samples in a mini-batch
   * @param seed keys all randomness
   * @param shards parts of the data, a power of two
   * @param partitions tasks in a step; 0 to choose by the cluster
   * @param fanIn the most sums added at one place
   * @param logEvery steps from one line to the next
   */
  public record Training(
      Optimizer optimizer,
      Rates rates,
      int epochs,
      int batch,
      long seed,
      int shards,
      int partitions,
      int fanIn,
      int logEvery) {}

  /**
   * A schedule whose time may be counted in epochs, which have a length only once the data is
   * known.
   *
   * @param schedule the rate as a function of time
   * @param byEpoch whether time is counted in epochs and not in steps
   */
  public record Rates(Schedule schedule, boolean byEpoch) {
    /** The rate by steps, when an epoch has this many. */
    public Schedule bySteps(int stepsPerEpoch) {
      return byEpoch ? step -> schedule.rate(step / stepsPerEpoch) : schedule;
    }
  }

  /** What a gradient is a function of. */
  public Objective objective() {
    return new Objective(model.network(), model.loss(), model.engine().provider(), training.seed());
  }
}
