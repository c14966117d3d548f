package dev.tributary.nn;

import java.io.Serializable;

/**
 * Where a training pass over a batch first left the finite numbers.
 *
 * @param place what is not finite
 * @param layer the layer's place in its network; −1 where it is none's
 * @param what in words: the layer and what of it, or what of the data
 * @param value NaN, Infinity or −Infinity
 * @param first the first sample of the batch where it is so, and {@code last} the last; 0 and n − 1
 *     for what is summed over all
 * @param last see first
 * @param count samples where it is so
 * @param cause what explains it, if that can be seen; else empty
 */
public record NonFinite(
    Place place, int layer, String what, float value, int first, int last, int count, String cause)
    implements Serializable {

  /** What is not finite. */
  public enum Place {
    /** The network's input: the data. */
    INPUT,
    /** What should be predicted, or a sample's weight: the data. */
    TARGET,
    /** A layer's parameters, before the pass. */
    PARAMETER,
    /** What a layer gives, its input being finite. */
    OUTPUT,
    /** The loss, the network's output being finite. */
    LOSS,
    /** A derivative by a layer's input, that by its output being finite. */
    DERIVATIVE,
    /** The gradient by a layer's parameters, the derivative by its output being finite. */
    GRADIENT
  }

  /** Whether the data holds it, so that no learning rate helps. */
  public boolean isInData() {
    return place == Place.INPUT || place == Place.TARGET;
  }
}
