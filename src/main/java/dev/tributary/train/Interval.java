package dev.tributary.train;

/**
 * How often something is done.
 *
 * @param every how many epochs, or steps, lie between
 * @param inEpochs whether they are epochs
 */
public record Interval(int every, boolean inEpochs) {
  /** Whether it is time after this step. */
  public boolean isDue(TrainedStep step) {
    return inEpochs
        ? step.step().endsEpoch() && (step.step().epoch() + 1) % every == 0
        : (step.step().number() + 1) % every == 0;
  }
}
