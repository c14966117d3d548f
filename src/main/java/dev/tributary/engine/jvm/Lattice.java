package dev.tributary.engine.jvm;

/**
 * Where an image's pixels lie along one axis of a larger plane of zeros: pixel i at {@code offset +
 * i step}.
 *
 * <p>A padded image is shifted, a dilated kernel and the output of a strided convolution are spread
 * out; with that a convolution of any stride, padding and dilation is the plain one of planes.
 */
record Lattice(int offset, int step, int count) {
  /** The place of a pixel. */
  int at(int pixel) {
    return offset + pixel * step;
  }
}
