package dev.tributary.data.augment;

import dev.tributary.random.Philox;
import java.io.Serializable;

/**
 * A random change to one image, (height, width, channels). It holds sizes alone: one instance
 * serves any number of threads.
 */
public interface Alteration extends Serializable {
  /**
   * Changes the image that starts at {@code images[at]}.
   *
   * @param random the sample's own numbers
   * @param scratch room for an image
   */
  void apply(Philox random, float[] images, int at, float[] scratch);

  /** In words, for {@code inspect}. */
  String describe();
}
