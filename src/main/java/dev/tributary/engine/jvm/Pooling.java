package dev.tributary.engine.jvm;

import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;
import java.util.Arrays;

/** Maximum and average pooling over windows of an NHWC image. */
final class Pooling {
  private Pooling() {}

  static void forward(PoolSize s, int n, HeapBuffer x, HeapBuffer y) {
    int channels = s.input().channels();
    int to = y.offset;
    for (int i = 0; i < n; i++) {
      int image = x.offset + i * s.input().size();
      for (int oh = 0; oh < s.outputHeight(); oh++) {
        for (int ow = 0; ow < s.outputWidth(); ow++) {
          if (s.kind() == PoolSize.Kind.MAX) {
            maximum(s, x.data, image, oh, ow, y.data, to);
          } else {
            average(s, x.data, image, oh, ow, y.data, to);
          }
          to += channels;
        }
      }
    }
  }

  static void backward(
      PoolSize s, int n, HeapBuffer x, HeapBuffer y, HeapBuffer dy, HeapBuffer dx) {
    Arrays.fill(dx.data, dx.offset, dx.offset + n * s.input().size(), 0f);
    int channels = s.input().channels();
    int at = 0;
    for (int i = 0; i < n; i++) {
      int image = i * s.input().size();
      for (int oh = 0; oh < s.outputHeight(); oh++) {
        for (int ow = 0; ow < s.outputWidth(); ow++) {
          if (s.kind() == PoolSize.Kind.MAX) {
            toMaximum(s, x, y, dy, dx, image, oh, ow, at);
          } else {
            toAll(s, dy, dx, image, oh, ow, at);
          }
          at += channels;
        }
      }
    }
  }

  private static void maximum(PoolSize s, float[] x, int image, int oh, int ow, float[] y, int to) {
    int channels = s.input().channels();
    Arrays.fill(y, to, to + channels, Float.NEGATIVE_INFINITY);
    for (int row = first(s.vertical(), oh);
        row < last(s.vertical(), oh, s.input().height());
        row++) {
      for (int column = first(s.horizontal(), ow);
          column < last(s.horizontal(), ow, s.input().width());
          column++) {
        int pixel = image + (row * s.input().width() + column) * channels;
        for (int c = 0; c < channels; c++) {
          y[to + c] = Math.max(y[to + c], x[pixel + c]);
        }
      }
    }
  }

  private static void average(PoolSize s, float[] x, int image, int oh, int ow, float[] y, int to) {
    int channels = s.input().channels();
    Arrays.fill(y, to, to + channels, 0f);
    for (int row = first(s.vertical(), oh);
        row < last(s.vertical(), oh, s.input().height());
        row++) {
      for (int column = first(s.horizontal(), ow);
          column < last(s.horizontal(), ow, s.input().width());
          column++) {
        int pixel = image + (row * s.input().width() + column) * channels;
        for (int c = 0; c < channels; c++) {
          y[to + c] += x[pixel + c];
        }
      }
    }
    float count = count(s, oh, ow);
    for (int c = 0; c < channels; c++) {
      y[to + c] /= count;
    }
  }

  /** Passes each channel's dy to the first pixel that holds the maximum. */
  private static void toMaximum(
      PoolSize s,
      HeapBuffer x,
      HeapBuffer y,
      HeapBuffer dy,
      HeapBuffer dx,
      int image,
      int oh,
      int ow,
      int at) {
    int channels = s.input().channels();
    int top = first(s.vertical(), oh);
    int bottom = last(s.vertical(), oh, s.input().height());
    int left = first(s.horizontal(), ow);
    int right = last(s.horizontal(), ow, s.input().width());
    for (int c = 0; c < channels; c++) {
      float maximum = y.data[y.offset + at + c];
      float gradient = dy.data[dy.offset + at + c];
      search:
      for (int row = top; row < bottom; row++) {
        int pixel = image + (row * s.input().width() + left) * channels + c;
        for (int column = left; column < right; column++) {
          if (x.data[x.offset + pixel] == maximum) {
            dx.data[dx.offset + pixel] += gradient;
            break search;
          }
          pixel += channels;
        }
      }
    }
  }

  private static void toAll(
      PoolSize s, HeapBuffer dy, HeapBuffer dx, int image, int oh, int ow, int at) {
    int channels = s.input().channels();
    float count = count(s, oh, ow);
    for (int row = first(s.vertical(), oh);
        row < last(s.vertical(), oh, s.input().height());
        row++) {
      for (int column = first(s.horizontal(), ow);
          column < last(s.horizontal(), ow, s.input().width());
          column++) {
        int pixel = dx.offset + image + (row * s.input().width() + column) * channels;
        for (int c = 0; c < channels; c++) {
          dx.data[pixel + c] += dy.data[dy.offset + at + c] / count;
        }
      }
    }
  }

  /** The window's first pixel inside the image. */
  private static int first(Window w, int position) {
    return Math.max(0, position * w.stride() - w.padding());
  }

  /** One past the window's last pixel inside the image. */
  private static int last(Window w, int position, int length) {
    return Math.min(length, position * w.stride() - w.padding() + w.kernel());
  }

  /**
   * What an average is divided by: the window's pixels inside the image, or inside the image and
   * its padding.
   */
  private static float count(PoolSize s, int oh, int ow) {
    return (float) count(s.vertical(), oh, s.input().height(), s.countPadding())
        * count(s.horizontal(), ow, s.input().width(), s.countPadding());
  }

  private static int count(Window w, int position, int length, boolean countPadding) {
    if (!countPadding) {
      return last(w, position, length) - first(w, position);
    }
    int start = position * w.stride() - w.padding();
    return Math.min(start + w.kernel(), length + w.padding()) - start;
  }
}
