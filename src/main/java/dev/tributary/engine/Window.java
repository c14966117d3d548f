package dev.tributary.engine;

import java.io.Serializable;

/**
 * How a kernel slides along one axis of an image, in pixels.
 *
 * @param kernel pixels the kernel takes
 * @param stride pixels from one position to the next
 * @param padding pixels added before and after the image
 * @param dilation distance between the pixels that the kernel takes: 1 when they touch
 */
public record Window(int kernel, int stride, int padding, int dilation) implements Serializable {
  /** Checks that each number makes sense by itself. */
  public Window {
    atLeast(1, kernel, "kernel");
    atLeast(1, stride, "stride");
    atLeast(0, padding, "padding");
    atLeast(1, dilation, "dilation");
  }

  /** A window whose pixels touch. */
  public static Window of(int kernel, int stride, int padding) {
    return new Window(kernel, stride, padding, 1);
  }

  /**
   * The padding that keeps an axis as long as it is when the stride is 1 ("same" padding); with a
   * stride of s its positions are {@code ⌈length / s⌉}.
   *
   * @throws IllegalArgumentException if the kernel spans an even number of pixels
   */
  public static int samePadding(int kernel, int dilation) {
    int extent = new Window(kernel, 1, 0, dilation).extent();
    if (extent % 2 == 0) {
      throw new IllegalArgumentException(
          String.format(
              "a kernel that spans %d pixels cannot keep the image's size, for padding is alike on"
                  + " both sides: %d makes it a pixel smaller, %d a pixel larger; use a kernel that"
                  + " spans %d or %d, or say the padding in pixels",
              extent, extent / 2 - 1, extent / 2, extent - 1, extent + 1));
    }
    return (extent - 1) / 2;
  }

  /** Pixels from the kernel's first to its last, both included. */
  public int extent() {
    return (kernel - 1) * dilation + 1;
  }

  /**
   * Positions that fit wholly in an axis of {@code length} pixels and its padding; 0 if none does.
   */
  public int positions(int length) {
    int room = length + 2 * padding - extent();
    return room < 0 ? 0 : room / stride + 1;
  }

  /**
   * The same, and one more when pixels would be left over ("ceil mode"), unless it would start in
   * the padding after the image (PyTorch's rule).
   */
  public int positionsRoundedUp(int length) {
    int room = length + 2 * padding - extent();
    if (room < 0) {
      return 0;
    }
    int positions = (room + stride - 1) / stride + 1;
    return (positions - 1) * stride >= length + padding ? positions - 1 : positions;
  }

  private static void atLeast(int least, int value, String name) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
  }
}
