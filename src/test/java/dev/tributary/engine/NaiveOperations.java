package dev.tributary.engine;

import org.jspecify.annotations.Nullable;

/**
 * The plain twins of the engines' operations: loops over the definition, in double precision, with
 * no regard for time. The oracle of every engine.
 */
final class NaiveOperations {
  private NaiveOperations() {}

  static double[] affine(AffineSize s, int n, double[] x, double[] w, double @Nullable [] b) {
    double[] y = new double[n * s.outputs()];
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < s.outputs(); o++) {
        double sum = b == null ? 0 : b[o];
        for (int j = 0; j < s.inputs(); j++) {
          sum += x[i * s.inputs() + j] * w[o * s.inputs() + j];
        }
        y[i * s.outputs() + o] = sum;
      }
    }
    return y;
  }

  /** dx, dw and db of an affine operation. */
  static double[][] affineGradients(AffineSize s, int n, double[] x, double[] w, double[] dy) {
    double[] dx = new double[n * s.inputs()];
    double[] dw = new double[w.length];
    double[] db = new double[s.outputs()];
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < s.outputs(); o++) {
        double d = dy[i * s.outputs() + o];
        db[o] += d;
        for (int j = 0; j < s.inputs(); j++) {
          dx[i * s.inputs() + j] += d * w[o * s.inputs() + j];
          dw[o * s.inputs() + j] += d * x[i * s.inputs() + j];
        }
      }
    }
    return new double[][] {dx, dw, db};
  }

  /** What a convolution does with each pair of an input value and a weight that meet. */
  private interface Meeting {
    void at(int output, int input, int weight);
  }

  private static void forEachMeeting(ConvolutionSize s, int n, Meeting meeting) {
    int height = s.input().height();
    int width = s.input().width();
    int channels = s.input().channels();
    for (int i = 0; i < n; i++) {
      for (int oh = 0; oh < s.outputHeight(); oh++) {
        for (int ow = 0; ow < s.outputWidth(); ow++) {
          for (int f = 0; f < s.filters(); f++) {
            int out = ((i * s.outputHeight() + oh) * s.outputWidth() + ow) * s.filters() + f;
            int firstChannel = f / s.groupFilters() * s.groupChannels();
            for (int kh = 0; kh < s.vertical().kernel(); kh++) {
              for (int kw = 0; kw < s.horizontal().kernel(); kw++) {
                int row = oh * s.vertical().stride() - s.vertical().padding();
                row += kh * s.vertical().dilation();
                int column = ow * s.horizontal().stride() - s.horizontal().padding();
                column += kw * s.horizontal().dilation();
                if (row < 0 || row >= height || column < 0 || column >= width) {
                  continue;
                }
                for (int c = 0; c < s.groupChannels(); c++) {
                  int in = ((i * height + row) * width + column) * channels + firstChannel + c;
                  int w =
                      ((f * s.vertical().kernel() + kh) * s.horizontal().kernel() + kw)
                              * s.groupChannels()
                          + c;
                  meeting.at(out, in, w);
                }
              }
            }
          }
        }
      }
    }
  }

  static double[] convolution(
      ConvolutionSize s, int n, double[] x, double[] w, double @Nullable [] b) {
    double[] y = new double[n * s.output().size()];
    for (int i = 0; b != null && i < y.length; i++) {
      y[i] = b[i % s.filters()];
    }
    forEachMeeting(s, n, (out, in, weight) -> y[out] += x[in] * w[weight]);
    return y;
  }

  /** dx, dw and db of a convolution. */
  static double[][] convolutionGradients(
      ConvolutionSize s, int n, double[] x, double[] w, double[] dy) {
    double[] dx = new double[x.length];
    double[] dw = new double[w.length];
    double[] db = new double[s.filters()];
    for (int i = 0; i < dy.length; i++) {
      db[i % s.filters()] += dy[i];
    }
    forEachMeeting(
        s,
        n,
        (out, in, weight) -> {
          dx[in] += dy[out] * w[weight];
          dw[weight] += dy[out] * x[in];
        });
    return new double[][] {dx, dw, db};
  }
}
