package dev.tributary.engine.jvm;

import static dev.tributary.tensor.MatrixView.transposed;

import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Window;
import dev.tributary.tensor.MatrixView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Convolution in the frequency domain, where it is a product. With capitals for the discrete
 * Fourier transforms of planes, * for the complex conjugate, and at each frequency by itself:
 *
 * <pre>
 *   Y  = Σ X W*    over channels   (images, filters)   = (images, channels)(channels, filters)
 *   DX = Σ DY W    over filters    (images, channels)  = (images, filters)(filters, channels)
 *   DW = Σ X DY*   over images     (filters, channels) = (filters, images)(images, channels)
 * </pre>
 *
 * <p>(Mathieu, Henaff, LeCun: "Fast training of convolutional networks through FFTs", 2013.) Sums
 * are taken before the transform back, of which there is one for each plane of the result. What a
 * value costs then no longer depends on the kernel's size, only on the plane's.
 *
 * <p>Planes are as large as the image and its padding on one side: the transforms see a plane as a
 * ring, where the padding before the image is the padding behind it too. A dilated kernel is spread
 * out over its plane. A stride saves nothing here: all positions are computed, and those between
 * strides dropped (or, backward, 0).
 */
final class FrequencyConvolution {
  /** Values of spectra of images held at once: 16 MiB. */
  private static final long SPECTRUM_VALUES = 1 << 22;

  private final MatrixProduct product;
  private final Map<PlaneSize, PlaneTransform> transforms = new HashMap<>();
  private final Spectrum inputs = new Spectrum();
  private final Spectrum weights = new Spectrum();
  private final Spectrum outputs = new Spectrum();
  private float[] scratch = new float[0];

  FrequencyConvolution(MatrixProduct product) {
    this.product = product;
  }

  /**
   * The plane that a convolution is computed in.
   *
   * @param height rows
   * @param width columns, even
   */
  record PlaneSize(int height, int width) {
    static PlaneSize of(ConvolutionSize s) {
      return new PlaneSize(
          PlaneTransform.goodLength(ring(s.vertical(), s.input().height()), 1),
          PlaneTransform.goodLength(ring(s.horizontal(), s.input().width()), 2));
    }

    /** The least ring on which neither pixels, nor positions, nor the kernel's taps meet. */
    private static int ring(Window window, int length) {
      int positions = length + 2 * window.padding() - window.extent() + 1;
      return Math.max(length + window.padding(), Math.max(positions, window.extent()));
    }

    /** Complex values of a plane's spectrum. */
    long frequencies() {
      return (long) height * (width / 2 + 1);
    }
  }

  void forward(
      ConvolutionSize s, int n, HeapBuffer x, HeapBuffer w, @Nullable HeapBuffer b, HeapBuffer y) {
    PlaneTransform transform = transform(s);
    boolean add = Rows.startFrom(b, n * s.outputHeight() * s.outputWidth(), s.filters(), y) != 0;
    int step = imagesAtOnce(s);
    for (int g = 0; g < s.groups(); g++) {
      weights.resize(transform, s.groupChannels(), s.groupFilters());
      weights.forward(weightImages(s, w, g).swapped());
      for (int from = 0; from < n; from += step) {
        int images = Math.min(step, n - from);
        inputs.resize(transform, images, s.groupChannels());
        inputs.forward(inputImages(s, x, g, from));
        outputs.resize(transform, images, s.groupFilters());
        for (int f = 0; f < transform.frequencies(); f++) {
          multiply(inputs, 1, f, outputs);
        }
        outputs.inverse(outputImages(s, y, g, from), add);
      }
    }
  }

  void inputGradient(ConvolutionSize s, int n, HeapBuffer dy, HeapBuffer w, HeapBuffer dx) {
    PlaneTransform transform = transform(s);
    int step = imagesAtOnce(s);
    for (int g = 0; g < s.groups(); g++) {
      weights.resize(transform, s.groupFilters(), s.groupChannels());
      weights.forward(weightImages(s, w, g));
      for (int from = 0; from < n; from += step) {
        int images = Math.min(step, n - from);
        outputs.resize(transform, images, s.groupFilters());
        outputs.forward(outputImages(s, dy, g, from));
        inputs.resize(transform, images, s.groupChannels());
        for (int f = 0; f < transform.frequencies(); f++) {
          multiply(outputs, -1, f, inputs);
        }
        inputs.inverse(inputImages(s, dx, g, from), false);
      }
    }
  }

  void weightGradient(
      ConvolutionSize s,
      int n,
      HeapBuffer x,
      HeapBuffer dy,
      HeapBuffer dw,
      @Nullable HeapBuffer db) {
    PlaneTransform transform = transform(s);
    int step = imagesAtOnce(s);
    for (int g = 0; g < s.groups(); g++) {
      weights.resize(transform, s.groupFilters(), s.groupChannels());
      for (int from = 0; from < n; from += step) {
        int images = Math.min(step, n - from);
        inputs.resize(transform, images, s.groupChannels());
        inputs.forward(inputImages(s, x, g, from));
        outputs.resize(transform, images, s.groupFilters());
        outputs.forward(outputImages(s, dy, g, from));
        for (int f = 0; f < transform.frequencies(); f++) {
          multiplyToWeights(f, from > 0);
        }
      }
      weights.inverse(weightImages(s, dw, g), false);
    }
    if (db != null) {
      Rows.sum(dy, n * s.outputHeight() * s.outputWidth(), s.filters(), db);
    }
  }

  /**
   * {@code to = from W} at one frequency, or {@code from W*}: with r and i for the parts of both,
   * the real part of the result is rr − ii, the imaginary one ir + ri, and ii and ri change their
   * signs for the conjugate. One product of matrices of twice the size gives all four.
   *
   * @param sign −1, or 1 for the conjugate
   */
  private void multiply(Spectrum from, float sign, int f, Spectrum to) {
    int channels = to.channels();
    float[] q = scratch(4 * to.images() * channels);
    product.multiply(
        from.tall(f), weights.wide(f), 0f, MatrixView.of(q, 0, 2 * to.images(), 2 * channels));
    float[] values = to.values();
    int at = to.at(f);
    for (int i = 0; i < to.images(); i++) {
      int real = 4 * i * channels;
      int imaginary = real + 2 * channels;
      for (int c = 0; c < channels; c++) {
        values[at + c] = q[real + c] + sign * q[imaginary + channels + c];
      }
      for (int c = 0; c < channels; c++) {
        values[at + channels + c] = q[imaginary + c] - sign * q[real + channels + c];
      }
      at += 2 * channels;
    }
  }

  /** {@code DW = DY* X}: real = rr + ii and imaginary = ri − ir. */
  private void multiplyToWeights(int f, boolean add) {
    int filters = weights.images();
    int channels = weights.channels();
    float[] q = scratch(4 * filters * channels);
    product.multiply(
        transposed(outputs.wide(f)),
        inputs.wide(f),
        0f,
        MatrixView.of(q, 0, 2 * filters, 2 * channels));
    float[] dw = weights.values();
    int to = weights.at(f);
    if (!add) {
      Arrays.fill(dw, to, to + 2 * filters * channels, 0f);
    }
    for (int o = 0; o < filters; o++) {
      int real = 2 * o * channels;
      int imaginary = real + 2 * filters * channels;
      for (int c = 0; c < channels; c++) {
        dw[to + c] += q[real + c] + q[imaginary + channels + c];
      }
      for (int c = 0; c < channels; c++) {
        dw[to + channels + c] += q[real + channels + c] - q[imaginary + c];
      }
      to += 2 * channels;
    }
  }

  /** A function of the sizes alone, so that sums are added in the same order everywhere. */
  private static int imagesAtOnce(ConvolutionSize s) {
    long image = 2 * PlaneSize.of(s).frequencies() * (s.groupChannels() + s.groupFilters());
    return (int) Math.max(1, SPECTRUM_VALUES / image);
  }

  private PlaneTransform transform(ConvolutionSize s) {
    return transforms.computeIfAbsent(
        PlaneSize.of(s), size -> new PlaneTransform(size.height(), size.width()));
  }

  private float[] scratch(int size) {
    if (scratch.length < size) {
      scratch = new float[size];
    }
    return scratch;
  }

  private static Images inputImages(ConvolutionSize s, HeapBuffer x, int group, int from) {
    return new Images(
        x,
        x.offset + from * s.input().size() + group * s.groupChannels(),
        s.input().size(),
        1,
        s.input().channels(),
        new Lattice(s.vertical().padding(), 1, s.input().height()),
        new Lattice(s.horizontal().padding(), 1, s.input().width()));
  }

  private static Images outputImages(ConvolutionSize s, HeapBuffer y, int group, int from) {
    return new Images(
        y,
        y.offset + from * s.output().size() + group * s.groupFilters(),
        s.output().size(),
        1,
        s.filters(),
        new Lattice(0, s.vertical().stride(), s.outputHeight()),
        new Lattice(0, s.horizontal().stride(), s.outputWidth()));
  }

  private static Images weightImages(ConvolutionSize s, HeapBuffer w, int group) {
    return new Images(
        w,
        w.offset + group * s.groupFilters() * s.patch(),
        s.patch(),
        1,
        s.groupChannels(),
        new Lattice(0, s.vertical().dilation(), s.vertical().kernel()),
        new Lattice(0, s.horizontal().dilation(), s.horizontal().kernel()));
  }
}
