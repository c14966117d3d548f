package dev.tributary.train.metrics;

import dev.tributary.nn.Loss;
import java.util.ArrayList;
import java.util.List;

/** What a network's outputs mean, which decides how they are judged. */
public enum Task {
  /** One class of many, or of two when there is a single output. */
  CLASSES,
  /** Each output says yes or no by itself. */
  LABELS,
  /** Numbers. */
  NUMBERS;

  /**
   * The task that a loss makes of data.
   *
   * @param outputs the network's outputs
   * @param targets numbers that the data holds to be predicted for a sample; 0 where it has classes
   */
  public static Task of(Loss loss, int outputs, int targets) {
    if (targets == 0 || loss.choosesOne() || (loss.givesProbabilities() && outputs == 1)) {
      return CLASSES;
    }
    return loss.givesProbabilities() ? LABELS : NUMBERS;
  }

  /** An evaluation over no samples yet. */
  public Evaluation start(Loss loss, int outputs) {
    return switch (this) {
      case CLASSES -> new Classification(loss, outputs);
      case LABELS -> new MultiLabel(loss, outputs);
      case NUMBERS -> new Regression(outputs);
    };
  }

  /** The names of the metrics that {@link Evaluation#metrics} gives, the usual one first. */
  public List<String> metrics(Loss loss, int outputs) {
    return new ArrayList<>(start(loss, outputs).metrics().keySet());
  }
}
