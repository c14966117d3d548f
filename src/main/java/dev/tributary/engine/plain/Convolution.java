package dev.tributary.engine.plain;

import dev.tributary.engine.ConvolutionSize;
import org.jspecify.annotations.Nullable;

/** Convolutions by their definition: whatever output, input values and weights meet. */
final class Convolution {
  private Convolution() {}

  /** An output that meets {@code s.groupChannels()} input values and as many weights, in order. */
  private interface Meeting {
    void at(int output, int input, int weight);
  }

  static void forward(
      ConvolutionSize s,
      int n,
      PlainBuffer x,
      PlainBuffer w,
      @Nullable PlainBuffer b,
      PlainBuffer y) {
    for (int i = 0; i < n * s.output().size(); i++) {
      y.set(i, b == null ? 0 : b.at(i % s.filters()));
    }
    forEachMeeting(
        s,
        n,
        (output, input, weight) -> {
          double sum = 0;
          for (int c = 0; c < s.groupChannels(); c++) {
            sum += x.at(input + c) * w.at(weight + c);
          }
          y.add(output, sum);
        });
  }

  static void inputGradient(
      ConvolutionSize s, int n, PlainBuffer dy, PlainBuffer w, PlainBuffer dx) {
    dx.clear(n * s.input().size());
    forEachMeeting(
        s,
        n,
        (output, input, weight) -> {
          for (int c = 0; c < s.groupChannels(); c++) {
            dx.add(input + c, dy.at(output) * w.at(weight + c));
          }
        });
  }

  static void weightGradient(
      ConvolutionSize s,
      int n,
      PlainBuffer x,
      PlainBuffer dy,
      PlainBuffer dw,
      @Nullable PlainBuffer db) {
    dw.clear(s.filters() * s.patch());
    forEachMeeting(
        s,
        n,
        (output, input, weight) -> {
          for (int c = 0; c < s.groupChannels(); c++) {
            dw.add(weight + c, dy.at(output) * x.at(input + c));
          }
        });
    if (db != null) {
      Rows.sum(n * s.outputHeight() * s.outputWidth(), s.filters(), dy, db);
    }
  }

  private static void forEachMeeting(ConvolutionSize s, int n, Meeting meeting) {
    int height = s.outputHeight();
    int width = s.outputWidth();
    for (int i = 0; i < n; i++) {
      for (int row = 0; row < height; row++) {
        for (int column = 0; column < width; column++) {
          for (int filter = 0; filter < s.filters(); filter++) {
            int output = ((i * height + row) * width + column) * s.filters() + filter;
            forEachPixel(s, i, row, column, filter, output, meeting);
          }
        }
      }
    }
  }

  private static void forEachPixel(
      ConvolutionSize s, int i, int row, int column, int filter, int output, Meeting meeting) {
    int kernelHeight = s.vertical().kernel();
    int kernelWidth = s.horizontal().kernel();
    int height = s.input().height();
    int width = s.input().width();
    int firstChannel = filter / s.groupFilters() * s.groupChannels();
    int top = row * s.vertical().stride() - s.vertical().padding();
    int left = column * s.horizontal().stride() - s.horizontal().padding();
    for (int kh = 0; kh < kernelHeight; kh++) {
      for (int kw = 0; kw < kernelWidth; kw++) {
        int y = top + kh * s.vertical().dilation();
        int x = left + kw * s.horizontal().dilation();
        if (y >= 0 && y < height && x >= 0 && x < width) {
          int input = ((i * height + y) * width + x) * s.input().channels() + firstChannel;
          int weight = ((filter * kernelHeight + kh) * kernelWidth + kw) * s.groupChannels();
          meeting.at(output, input, weight);
        }
      }
    }
  }
}
