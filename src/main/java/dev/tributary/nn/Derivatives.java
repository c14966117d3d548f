package dev.tributary.nn;

/** Which derivatives of the loss a backward pass leaves in the frames. */
enum Derivatives {
  /** None: there is no backward pass. */
  NONE,
  /** By the parameters, and by the values on the way to them: what training needs. */
  BY_PARAMETERS,
  /** By every value too, the network's input among them. */
  BY_EVERYTHING
}
