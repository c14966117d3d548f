package dev.tributary.engine.jvm;

/**
 * Images in NHWC order and where their pixels lie in a plane: a convolution's input, its output, or
 * its weights (an image for each filter), some of the channels of each.
 *
 * @param buffer what holds them
 * @param offset the first value of the first, in the buffer's array
 * @param size values from one image to the next
 * @param channels values from one pixel to the next
 * @param down where rows lie in the plane
 * @param across where columns lie
 */
record Images(HeapBuffer buffer, int offset, int size, int channels, Lattice down, Lattice across) {
  /** The first pixel of a row of one channel. */
  int at(int image, int row, int channel) {
    return offset + image * size + row * across.count() * channels + channel;
  }

  /** The buffer's array. */
  float[] data() {
    return buffer.data;
  }
}
