package dev.tributary.engine.jvm;

import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Window;
import java.util.Arrays;

/**
 * im2col and its adjoint, col2im, for one group of an image in NHWC order.
 *
 * <p>The patch matrix of n images is (n x output height x output width, kernel height x kernel
 * width x channels / groups): row r is what the kernel sees at position r, in the order of one
 * filter's weights, so that convolution is {@code y = patches Wᵀ}. Pixels in the padding are 0.
 * (Chellapilla, Puri, Simard: "High performance convolutional neural networks for document
 * processing", 2006.)
 */
final class Patches {
  /** Copies the patches of images {@code from … from + n − 1} of x to {@code columns[0…]}. */
  static void gather(ConvolutionSize s, int group, HeapBuffer x, int from, int n, float[] columns) {
    new Patches(s, group).walk(x, from, n, columns, true);
  }

  /** Adds the patches in {@code columns} to images {@code from … from + n − 1} of dx. */
  static void scatterAdd(
      ConvolutionSize s, int group, float[] columns, HeapBuffer dx, int from, int n) {
    new Patches(s, group).walk(dx, from, n, columns, false);
  }

  private final ConvolutionSize size;
  private final Window across;
  private final int positions;
  private final int patch;
  private final int width;
  private final int channels;
  private final int span;
  private final int firstChannel;
  private final boolean pixelsTouch;

  private Patches(ConvolutionSize s, int group) {
    size = s;
    across = s.horizontal();
    positions = s.outputWidth();
    patch = s.patch();
    width = s.input().width();
    channels = s.input().channels();
    span = s.groupChannels();
    firstChannel = group * span;
    pixelsTouch = across.dilation() == 1 && span == channels;
  }

  /** Passes every line of every patch: the pixels under one row of the kernel. */
  private void walk(HeapBuffer images, int from, int n, float[] columns, boolean gathers) {
    Window down = size.vertical();
    int line = across.kernel() * span;
    int rows = size.outputHeight();
    for (int i = 0; i < n; i++) {
      int image = images.offset + (from + i) * size.input().size();
      for (int oh = 0; oh < rows; oh++) {
        for (int kh = 0; kh < down.kernel(); kh++) {
          int row = oh * down.stride() - down.padding() + kh * down.dilation();
          int at = (i * rows + oh) * positions * patch + kh * line;
          if (row >= 0 && row < size.input().height()) {
            int start = image + row * width * channels;
            if (gathers) {
              gatherRow(images.data, start, columns, at);
            } else {
              scatterRow(columns, at, images.data, start);
            }
          } else if (gathers) {
            clearRow(columns, at, line);
          }
        }
      }
    }
  }

  private void clearRow(float[] columns, int at, int line) {
    for (int ow = 0; ow < positions; ow++) {
      int to = at + ow * patch;
      Arrays.fill(columns, to, to + line, 0f);
    }
  }

  /** For each position along a row of pixels, what one row of the kernel sees. */
  private void gatherRow(float[] x, int row, float[] columns, int at) {
    int kernel = across.kernel();
    int line = kernel * span;
    int left = -across.padding();
    for (int ow = 0; ow < positions; ow++, at += patch, left += across.stride()) {
      if (pixelsTouch && left >= 0 && left + kernel <= width) {
        System.arraycopy(x, row + left * channels, columns, at, line);
        continue;
      }
      for (int kw = 0; kw < kernel; kw++) {
        int column = left + kw * across.dilation();
        int to = at + kw * span;
        if (column >= 0 && column < width) {
          System.arraycopy(x, row + column * channels + firstChannel, columns, to, span);
        } else {
          Arrays.fill(columns, to, to + span, 0f);
        }
      }
    }
  }

  private void scatterRow(float[] columns, int at, float[] dx, int row) {
    int kernel = across.kernel();
    int line = kernel * span;
    int left = -across.padding();
    for (int ow = 0; ow < positions; ow++, at += patch, left += across.stride()) {
      if (pixelsTouch && left >= 0 && left + kernel <= width) {
        add(columns, at, dx, row + left * channels, line);
        continue;
      }
      for (int kw = 0; kw < kernel; kw++) {
        int column = left + kw * across.dilation();
        if (column >= 0 && column < width) {
          add(columns, at + kw * span, dx, row + column * channels + firstChannel, span);
        }
      }
    }
  }

  private static void add(float[] from, int at, float[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += from[at + i];
    }
  }
}
