package dev.tributary.train;

import dev.tributary.train.metrics.Evaluation;
import org.jspecify.annotations.Nullable;

/** Who reads a run as it goes. */
public interface Observer {
  /** The data is ready and training begins. */
  default void started(Start start) {}

  /** It begins not at the first step, but where a run was that had made so many. */
  default void resumed(long steps) {}

  /** A step was made. */
  default void stepped(TrainedStep step) {}

  /** An epoch ended, or the weights were evaluated. */
  default void reached(Milestone milestone) {}

  /**
   * The run diverged and goes back, to go on from there with a smaller rate.
   *
   * @param why it diverged
   * @param to the number of the step that is made next
   * @param rateFactor what the rate is multiplied by from here on, all told
   */
  default void rolledBack(DivergedException why, long to, double rateFactor) {}

  /**
   * What is known when training begins.
   *
   * @param samples in the training set
   * @param stepsPerEpoch steps in an epoch
   * @param steps in the whole run
   * @param tasks that share a step
   * @param exchange how weights go to the tasks and gradients come together, in words
   * @param storage where the training samples are kept: {@code memory} or {@code disk}
   * @param evaluated which data the weights are evaluated on: {@code validation} or {@code test}
   */
  record Start(
      long samples,
      int stepsPerEpoch,
      long steps,
      int tasks,
      String exchange,
      String storage,
      String evaluated) {}

  /**
   * The end of an epoch, or an evaluation.
   *
   * @param last the last step before it
   * @param trainLoss the mean loss over the samples since the last milestone, each before its
   *     step's update
   * @param evaluation how the weights now do on data that they are not trained on, if that was
   *     looked at
   * @param isBest whether no evaluation before was as good
   */
  record Milestone(
      TrainedStep last, double trainLoss, @Nullable Evaluation evaluation, boolean isBest) {}
}
