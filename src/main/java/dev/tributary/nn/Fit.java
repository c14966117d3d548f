package dev.tributary.nn;

import dev.tributary.engine.Window;
import dev.tributary.tensor.Shape;

/** Whether a kernel fits in an image, and how a message says it. */
final class Fit {
  private Fit() {}

  static void kernel(String layer, Shape image, Window down, Window across) {
    if (!image.isImage()) {
      throw new IllegalArgumentException(
          layer + " reads an image (height x width x channels), not " + image + " flat features");
    }
    if (down.positions(image.height()) < 1 || across.positions(image.width()) < 1) {
      throw new IllegalArgumentException(
          String.format(
              "the kernel of %s spans %dx%d pixels, but the image of %dx%d with padding %s has only"
                  + " %dx%d (height x width); use a smaller kernel or more padding",
              layer,
              down.extent(),
              across.extent(),
              image.height(),
              image.width(),
              pair(down.padding(), across.padding()),
              image.height() + 2 * down.padding(),
              image.width() + 2 * across.padding()));
    }
  }

  static String describe(Window down, Window across) {
    StringBuilder text = new StringBuilder();
    text.append(down.kernel()).append('x').append(across.kernel());
    if (down.stride() != 1 || across.stride() != 1) {
      text.append(" stride ").append(pair(down.stride(), across.stride()));
    }
    if (down.padding() != 0 || across.padding() != 0) {
      text.append(" padding ").append(pair(down.padding(), across.padding()));
    }
    if (down.dilation() != 1 || across.dilation() != 1) {
      text.append(" dilation ").append(pair(down.dilation(), across.dilation()));
    }
    return text.toString();
  }

  private static String pair(int down, int across) {
    return down == across ? Integer.toString(down) : down + "x" + across;
  }
}
