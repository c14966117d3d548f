package dev.tributary.engine.jvm;

/**
 * Planes of pixels in an array, by image and channel, and where those pixels lie in a larger plane:
 * a convolution's input, its output, or its weights, where filter and channel stand for image and
 * channel in either order.
 *
 * @param buffer what holds them
 * @param offset the first value of the first plane, in the buffer's array
 * @param imageStride values from one image to the next
 * @param channelStride values from one channel to the next
 * @param pixelStride values from one pixel to the next
 * @param down where rows lie in the larger plane
 * @param across where columns lie
 */
record Images(
    HeapBuffer buffer,
    int offset,
    int imageStride,
    int channelStride,
    int pixelStride,
    Lattice down,
    Lattice across) {
  /** The first pixel of a row of one plane. */
  int at(int image, int channel, int row) {
    return offset
        + image * imageStride
        + channel * channelStride
        + row * across.count() * pixelStride;
  }

  /** The buffer's array. */
  float[] data() {
    return buffer.data;
  }

  /** The same planes, with image and channel in each other's role. */
  Images swapped() {
    return new Images(buffer, offset, channelStride, imageStride, pixelStride, down, across);
  }
}
