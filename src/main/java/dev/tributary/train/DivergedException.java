package dev.tributary.train;

import dev.tributary.data.Step;
import dev.tributary.nn.Network;
import dev.tributary.tensor.Finite;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Training left the finite numbers, or its loss leapt. The message names the step and where in it,
 * and says what to try.
 */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isInData;

  private DivergedException(DivergedException last, int times) {
    super(
        String.format(
            "%s; the run went back %d times before, as train.rollback.most allows",
            last.getMessage(), times),
        last);
    this.isInData = last.isInData;
  }

  private DivergedException(Step step, String what, String advice, boolean isInData) {
    super(
        String.format(
            Locale.ROOT,
            "training diverged at epoch %d, step %d of %d: %s; %s",
            step.epoch() + 1,
            step.index() + 1,
            step.count(),
            what,
            advice));
    this.isInData = isInData;
  }

  /** Whether the data itself is not finite, so that no learning rate helps. */
  boolean isInData() {
    return isInData;
  }

  /**
   * A step's loss or gradient is not finite.
   *
   * @param found where it began; null if every shard's gradient is finite and their sum is not
   */
  static DivergedException ofGradient(
      Step step, double loss, double rate, @Nullable NonFiniteShard found) {
    String where =
        found == null ? "each shard's gradient is finite, but their sum is not" : found.describe();
    String what = where + " (loss " + loss + ", learning rate " + rate + ")";
    boolean inData = found != null && found.where().isInData();
    return new DivergedException(
        step,
        what,
        inData
            ? "clean or leave out the samples in question, as NaN and infinity cannot be learnt from"
            : smaller(rate),
        inData);
  }

  /** The rate itself is not finite. */
  static DivergedException ofRate(Step step, double rate) {
    return new DivergedException(
        step,
        "the learning rate is " + rate,
        "train.schedule lets it grow without bound; give it a factor below 1, or an end",
        false);
  }

  /** A finite gradient led to weights that are not. */
  static DivergedException ofUpdate(Step step, double rate, Network network, float[] values) {
    int at = Finite.firstNot(values, 0, values.length);
    String owner =
        network.slices().stream()
            .filter(s -> s.offset() <= at && at < s.offset() + s.parameter().size())
            .map(
                s ->
                    String.format(
                        "the %s of layer %d, %s,",
                        s.parameter().name(),
                        s.layer(),
                        network.layers().get(s.layer()).describe()))
            .findFirst()
            .orElse("a running statistic");
    return new DivergedException(
        step,
        String.format(
            "the update made %s %s, though the gradient is finite (learning rate %s)",
            owner, values[at], rate),
        smaller(rate),
        false);
  }

  /** The loss is finite, but far above that of the steps before. */
  static DivergedException ofSpike(TrainedStep step, double usual, double factor) {
    return new DivergedException(
        step.step(),
        String.format(
            Locale.ROOT,
            "the loss is %.6g, over train.loss_spike = %s times the %.6g of the steps before (learning"
                + " rate %s)",
            step.loss(),
            factor,
            usual,
            step.rate()),
        smaller(step.rate()),
        false);
  }

  /** The same, after having gone back so many times. */
  DivergedException after(int times) {
    return new DivergedException(this, times);
  }

  private static String smaller(double rate) {
    return String.format(
        Locale.ROOT, "try a smaller rate, e.g. -D train.optimizer.rate=%.3g", rate / 10);
  }
}
