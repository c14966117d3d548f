package dev.tributary.nn;

import dev.tributary.engine.Buffer;
import dev.tributary.engine.Engine;
import java.io.Serializable;

/**
 * What training makes small: a sum over the samples, in double precision. Only the trainer divides,
 * once, by the number of samples.
 */
public interface Loss extends Serializable {
  /**
   * The loss of a batch and its derivative by the prediction.
   *
   * @param engine where operations run
   * @param batch the labels
   * @param outputs values in one prediction
   * @param prediction the network's output, (n, outputs)
   * @param target room for targets of the same shape
   * @param dPrediction where the derivative goes, of the same shape
   * @return the sum over the batch's samples
   */
  double evaluate(
      Engine engine,
      Batch batch,
      int outputs,
      Buffer prediction,
      Buffer target,
      Buffer dPrediction);

  /**
   * Whether it reads logits and holds a softmax of its own, so that a prediction's softmax is its
   * probabilities.
   */
  boolean appliesSoftmax();

  /** Its name in a job file. */
  String name();
}
