package dev.tributary.nn;

/** Who looks at a training pass layer by layer, while each layer's buffers hold what it left. */
interface Inspector {
  /** Looks at nothing. */
  Inspector NONE = new Inspector() {};

  /** A layer has gone forward. */
  default void forward(Frame frame) {}

  /** A layer has gone backward. */
  default void backward(Frame frame) {}
}
