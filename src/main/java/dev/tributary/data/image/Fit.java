package dev.tributary.data.image;

/** How an image of another shape than the network's comes to its size. */
public enum Fit {
  /** Height and width each by its own factor. */
  STRETCH,

  /** What is beyond the network's proportions is cut off on both sides, evenly. */
  CROP,

  /** All of it, by one factor, in the middle of zeros. */
  PAD
}
