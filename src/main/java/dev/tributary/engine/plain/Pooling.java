package dev.tributary.engine.plain;

import dev.tributary.engine.PoolSize;
import dev.tributary.engine.Window;

/** Maximum and average pooling by their definition. */
final class Pooling {
  private Pooling() {}

  /** One channel of one window. */
  private interface Place {
    void at(int image, int row, int column, int channel, int output);
  }

  static void forward(PoolSize s, int n, PlainBuffer x, PlainBuffer y) {
    boolean max = s.kind() == PoolSize.Kind.MAX;
    forEachPlace(
        s,
        n,
        (image, row, column, channel, output) ->
            y.set(
                output,
                max
                    ? x.at(maximum(s, x, image, row, column, channel))
                    : average(s, x, image, row, column, channel)));
  }

  static void backward(PoolSize s, int n, PlainBuffer x, PlainBuffer dy, PlainBuffer dx) {
    dx.clear(n * s.input().size());
    boolean max = s.kind() == PoolSize.Kind.MAX;
    forEachPlace(
        s,
        n,
        (image, row, column, channel, output) -> {
          if (max) {
            dx.add(maximum(s, x, image, row, column, channel), dy.at(output));
          } else {
            spread(s, dx, image, row, column, channel, dy.at(output) / count(s, row, column));
          }
        });
  }

  private static void forEachPlace(PoolSize s, int n, Place place) {
    int channels = s.input().channels();
    int output = 0;
    for (int i = 0; i < n; i++) {
      for (int row = 0; row < s.outputHeight(); row++) {
        for (int column = 0; column < s.outputWidth(); column++) {
          for (int channel = 0; channel < channels; channel++) {
            place.at(i * s.input().size(), row, column, channel, output++);
          }
        }
      }
    }
  }

  /** The index of the window's first largest value. */
  private static int maximum(
      PoolSize s, PlainBuffer x, int image, int row, int column, int channel) {
    int best = -1;
    for (int h = first(s.vertical(), row); h < last(s.vertical(), row, s.input().height()); h++) {
      for (int w = first(s.horizontal(), column);
          w < last(s.horizontal(), column, s.input().width());
          w++) {
        int pixel = pixel(s, image, h, w, channel);
        best = best < 0 || x.at(pixel) > x.at(best) ? pixel : best;
      }
    }
    return best;
  }

  private static double average(
      PoolSize s, PlainBuffer x, int image, int row, int column, int channel) {
    double sum = 0;
    for (int h = first(s.vertical(), row); h < last(s.vertical(), row, s.input().height()); h++) {
      for (int w = first(s.horizontal(), column);
          w < last(s.horizontal(), column, s.input().width());
          w++) {
        sum += x.at(pixel(s, image, h, w, channel));
      }
    }
    return sum / count(s, row, column);
  }

  private static void spread(
      PoolSize s, PlainBuffer dx, int image, int row, int column, int channel, double share) {
    for (int h = first(s.vertical(), row); h < last(s.vertical(), row, s.input().height()); h++) {
      for (int w = first(s.horizontal(), column);
          w < last(s.horizontal(), column, s.input().width());
          w++) {
        dx.add(pixel(s, image, h, w, channel), share);
      }
    }
  }

  private static int pixel(PoolSize s, int image, int row, int column, int channel) {
    return image + (row * s.input().width() + column) * s.input().channels() + channel;
  }

  private static int first(Window w, int position) {
    return Math.max(0, position * w.stride() - w.padding());
  }

  private static int last(Window w, int position, int length) {
    return Math.min(length, position * w.stride() - w.padding() + w.kernel());
  }

  /**
   * What an average is divided by: the window's pixels inside the image, or inside the image and
   * its padding.
   */
  private static double count(PoolSize s, int row, int column) {
    return (double) count(s.vertical(), row, s.input().height(), s.countPadding())
        * count(s.horizontal(), column, s.input().width(), s.countPadding());
  }

  private static int count(Window w, int position, int length, boolean countPadding) {
    if (!countPadding) {
      return last(w, position, length) - first(w, position);
    }
    int start = position * w.stride() - w.padding();
    return Math.min(start + w.kernel(), length + w.padding()) - start;
  }
}
