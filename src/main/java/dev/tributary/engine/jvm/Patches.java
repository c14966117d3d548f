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
  private Patches() {}

  /** Copies the patches of images {@code from … from + n − 1} of x to {@code columns[0…]}. */
  static void gather(ConvolutionSize s, int group, HeapBuffer x, int from, int n, float[] columns) {
    int imageSize = s.input().size();
    int to = 0;
    for (int i = 0; i < n; i++) {
      int image = x.offset + (from + i) * imageSize;
      for (int oh = 0; oh < s.outputHeight(); oh++) {
        for (int ow = 0; ow < s.outputWidth(); ow++) {
          to = gatherOne(s, group, x.data, image, oh, ow, columns, to);
        }
      }
    }
  }

  private static int gatherOne(
      ConvolutionSize s, int group, float[] x, int image, int oh, int ow, float[] columns, int to) {
    Window down = s.vertical();
    Window across = s.horizontal();
    int channels = s.input().channels();
    int width = s.input().width();
    int span = s.groupChannels();
    int left = ow * across.stride() - across.padding();
    boolean whole = across.dilation() == 1 && span == channels;
    for (int kh = 0; kh < down.kernel(); kh++) {
      int row = oh * down.stride() - down.padding() + kh * down.dilation();
      int line = across.kernel() * span;
      if (row < 0 || row >= s.input().height()) {
        Arrays.fill(columns, to, to + line, 0f);
      } else if (whole) {
        int first = Math.max(0, -left);
        int last = Math.max(first, Math.min(across.kernel(), width - left));
        if (first > 0 || last < across.kernel()) {
          Arrays.fill(columns, to, to + line, 0f);
        }
        if (last > first) {
          int pixel = image + (row * width + left + first) * channels;
          System.arraycopy(x, pixel, columns, to + first * span, (last - first) * span);
        }
      } else {
        for (int kw = 0; kw < across.kernel(); kw++) {
          int column = left + kw * across.dilation();
          int at = to + kw * span;
          if (column < 0 || column >= width) {
            Arrays.fill(columns, at, at + span, 0f);
          } else {
            int pixel = image + (row * width + column) * channels + group * span;
            System.arraycopy(x, pixel, columns, at, span);
          }
        }
      }
      to += line;
    }
    return to;
  }

  /** Adds the patches in {@code columns} to images {@code from … from + n − 1} of dx. */
  static void scatterAdd(
      ConvolutionSize s, int group, float[] columns, HeapBuffer dx, int from, int n) {
    int imageSize = s.input().size();
    int at = 0;
    for (int i = 0; i < n; i++) {
      int image = dx.offset + (from + i) * imageSize;
      for (int oh = 0; oh < s.outputHeight(); oh++) {
        for (int ow = 0; ow < s.outputWidth(); ow++) {
          at = scatterOne(s, group, columns, at, dx.data, image, oh, ow);
        }
      }
    }
  }

  private static int scatterOne(
      ConvolutionSize s,
      int group,
      float[] columns,
      int at,
      float[] dx,
      int image,
      int oh,
      int ow) {
    Window down = s.vertical();
    Window across = s.horizontal();
    int channels = s.input().channels();
    int width = s.input().width();
    int span = s.groupChannels();
    int left = ow * across.stride() - across.padding();
    boolean whole = across.dilation() == 1 && span == channels;
    for (int kh = 0; kh < down.kernel(); kh++) {
      int row = oh * down.stride() - down.padding() + kh * down.dilation();
      if (row < 0 || row >= s.input().height()) {
        at += across.kernel() * span;
        continue;
      }
      if (whole) {
        int first = Math.max(0, -left);
        int last = Math.max(first, Math.min(across.kernel(), width - left));
        int pixel = image + (row * width + left + first) * channels;
        add(columns, at + first * span, dx, pixel, (last - first) * span);
      } else {
        for (int kw = 0; kw < across.kernel(); kw++) {
          int column = left + kw * across.dilation();
          if (column >= 0 && column < width) {
            int pixel = image + (row * width + column) * channels + group * span;
            add(columns, at + kw * span, dx, pixel, span);
          }
        }
      }
      at += across.kernel() * span;
    }
    return at;
  }

  private static void add(float[] from, int at, float[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += from[at + i];
    }
  }
}
