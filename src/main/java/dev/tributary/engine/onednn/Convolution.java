package dev.tributary.engine.onednn;

import static dev.tributary.engine.onednn.Plan.argument;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;

import dev.tributary.engine.Activation;
import dev.tributary.engine.ConvolutionSize;
import dev.tributary.engine.Precision;
import dev.tributary.engine.Window;
import java.util.function.Supplier;
import org.bytedeco.dnnl.convolution_backward_data;
import org.bytedeco.dnnl.convolution_backward_weights;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.memory.data_type;
import org.bytedeco.dnnl.memory.format_tag;
import org.bytedeco.dnnl.primitive_desc;
import org.jspecify.annotations.Nullable;

/** Convolution and its gradients, on images as they are and weights as the primitive likes them. */
final class Convolution {
  /**
   * Up to so many channels oneDNN's direct kernels beat its brgemm kernels, which it would take: by
   * a few percent with 64, by half and more with 1. With strides they do by a factor of two.
   */
  private static final int FEW_CHANNELS = 64;

  /** The same of AVX2's: slower by a third with 64; with 32 even, or a fourth faster for 5x5. */
  private static final int FEW_CHANNELS_AVX2 = 32;

  private record Key(
      String operation, ConvolutionSize size, int n, boolean bias, @Nullable Activation after) {}

  private final Context context;

  Convolution(Context context) {
    this.context = context;
  }

  /** The layouts and distances of one convolution, as oneDNN counts them. */
  private static final class Geometry {
    final memory.desc x;
    final memory.desc y;
    final memory.desc xFactor;
    final memory.desc yFactor;
    final data_type factor;
    final memory.desc plainWeight;
    final memory.desc anyWeight;
    final memory.desc anyGradient;
    final memory.desc bias;
    final long[] strides;
    final long[] dilations;
    final long[] padding;
    private final boolean unusual;
    private final boolean strided;

    Geometry(ConvolutionSize s, int n, Precision precision) {
      Window v = s.vertical();
      Window h = s.horizontal();
      x = Layout.images(n, s.input());
      y = Layout.images(n, s.output());
      bias = Layout.vector(s.filters());
      plainWeight = weight(s, format_tag.ohwi, format_tag.gohwi);
      factor = precision == Precision.F32 ? data_type.f32 : data_type.bf16;
      xFactor = Layout.typed(x, factor);
      yFactor = Layout.typed(y, factor);
      anyWeight =
          precision == Precision.F32
              ? weight(s, format_tag.any, format_tag.any)
              : Layout.rounded(plainWeight, format_tag.any);
      anyGradient = weight(s, format_tag.any, format_tag.any);
      strides = new long[] {v.stride(), h.stride()};
      // Ours is 1 where pixels touch, oneDNN's the pixels left out.
      dilations = new long[] {v.dilation() - 1L, h.dilation() - 1L};
      padding = new long[] {v.padding(), h.padding()};
      strided = v.stride() > 1 || h.stride() > 1;
      boolean dilated = v.dilation() > 1 || h.dilation() > 1;
      unusual =
          (strided && dilated)
              || unusual(v, s.input().height(), s.outputHeight())
              || unusual(h, s.input().width(), s.outputWidth());
    }

    private static boolean unusual(Window w, int length, int positions) {
      return hasEmptyPosition(w, length, positions)
          || (w.stride() > 1 && (positions == 1 || length < w.extent()));
    }

    /** Whether the window has a position in which it sees nothing but padding. */
    private static boolean hasEmptyPosition(Window w, int length, int positions) {
      for (int position = 0; position < positions; position++) {
        int seen = 0;
        for (int k = 0; k < w.kernel(); k++) {
          int at = position * w.stride() - w.padding() + k * w.dilation();
          seen += at >= 0 && at < length ? 1 : 0;
        }
        if (seen == 0) {
          return true;
        }
      }
      return false;
    }

    /**
     * A primitive's descriptor, at the kernel to be used. The choice follows from sizes alone,
     * never from a clock, so that it is everywhere the same.
     *
     * @param descriptors gives a new descriptor, at the kernel that oneDNN would take
     * @param summed channels over which the primitive sums
     */
    <D extends primitive_desc> D kernel(Supplier<D> descriptors, int summed) {
      D first = descriptors.get();
      if (unusual) {
        return trusted(first);
      }
      int few = name(first).endsWith(":avx2") ? FEW_CHANNELS_AVX2 : FEW_CHANNELS;
      return summed <= few || strided ? direct(first, descriptors.get()) : first;
    }

    /**
     * At the first kernel that can be trusted with any window: oneDNN 3.11's "brgemm" convolutions,
     * and those built on them, read beyond the image when a window may lie wholly in the padding,
     * and sum up wrongly when there is one position on an axis with a stride. Its bfloat16 kernels
     * for the weights' gradient do so too, and when the image is smaller than a window; and that
     * for AMX also where windows have both stride and dilation, from memory that it has not
     * written.
     */
    private static <D extends primitive_desc> D trusted(D descriptor) {
      while (!plainKernel(name(descriptor))) {
        if (!descriptor.next_impl()) {
          throw new IllegalStateException("no kernel for such windows");
        }
      }
      return descriptor;
    }

    /** At the direct kernel for the instructions that {@code first} uses, if there is one. */
    private static <D extends primitive_desc> D direct(D first, D another) {
      String chosen = name(first);
      String instructions = chosen.substring(chosen.lastIndexOf(':') + 1);
      do {
        String name = name(another);
        if (name.equals("jit:" + instructions) || name.equals("jit_bf16:" + instructions)) {
          return another;
        }
      } while (another.next_impl());
      return first;
    }

    private static String name(primitive_desc descriptor) {
      return descriptor.impl_info_str().getString();
    }

    private static boolean plainKernel(String name) {
      boolean isPlain = name.startsWith("jit:") || name.startsWith("ref") || name.contains("gemm:");
      return isPlain && !name.endsWith("_amx");
    }

    private static memory.desc weight(ConvolutionSize s, format_tag one, format_tag grouped) {
      long height = s.vertical().kernel();
      long width = s.horizontal().kernel();
      return s.groups() == 1
          ? Layout.of(one, s.filters(), s.input().channels(), height, width)
          : Layout.of(grouped, s.groups(), s.groupFilters(), s.groupChannels(), height, width);
    }
  }

  /**
   * The forward pass into {@code y}; as a hint for the others, what y holds makes no difference.
   */
  private convolution_forward.primitive_desc forwardOf(
      Geometry g, boolean biased, @Nullable Activation f, memory.desc y) {
    return biased
        ? new convolution_forward.primitive_desc(
            context.cpu(),
            prop_kind.forward_training,
            algorithm.convolution_direct,
            g.xFactor,
            g.anyWeight,
            g.bias,
            y,
            g.strides,
            g.dilations,
            g.padding,
            g.padding,
            context.attributes(f),
            false)
        : new convolution_forward.primitive_desc(
            context.cpu(),
            prop_kind.forward_training,
            algorithm.convolution_direct,
            g.xFactor,
            g.anyWeight,
            y,
            g.strides,
            g.dilations,
            g.padding,
            g.padding,
            context.attributes(f),
            false);
  }

  void forward(
      ConvolutionSize s,
      int n,
      NativeBuffer x,
      NativeBuffer weight,
      @Nullable NativeBuffer bias,
      @Nullable Activation f,
      NativeBuffer y) {
    Key key = new Key("convolution", s, n, bias != null, f);
    if (bias == null) {
      context.run(key, p -> planForward(p, s, n, false, f), x, weight, y);
    } else {
      context.run(key, p -> planForward(p, s, n, true, f), x, weight, y, bias);
    }
  }

  private void planForward(
      Plan plan, ConvolutionSize s, int n, boolean biased, @Nullable Activation f) {
    Geometry g = new Geometry(s, n, context.precision());
    Plan.Argument y = plan.given(DNNL_ARG_DST, g.y, 2);
    convolution_forward.primitive_desc forward =
        g.kernel(() -> forwardOf(g, biased, f, y.layout()), s.groupChannels());
    memory.desc wanted = forward.weights_desc();
    Plan.Argument weight =
        argument(DNNL_ARG_WEIGHTS, wanted, plan.reordered(1, g.plainWeight, wanted));
    Plan.Argument x = plan.read(DNNL_ARG_SRC, g.x, g.factor, 0);
    if (biased) {
      plan.step(forward, x, weight, y, plan.read(DNNL_ARG_BIAS, g.bias, data_type.f32, 3));
    } else {
      plan.step(forward, x, weight, y);
    }
  }

  void inputGradient(
      ConvolutionSize s, int n, NativeBuffer dy, NativeBuffer weight, NativeBuffer dx) {
    context.run(
        new Key("convolution's input gradient", s, n, false, null),
        p -> planInputGradient(p, s, n),
        dy,
        weight,
        dx);
  }

  private void planInputGradient(Plan plan, ConvolutionSize s, int n) {
    Geometry g = new Geometry(s, n, context.precision());
    Plan.Argument dx = plan.given(DNNL_ARG_DIFF_SRC, g.x, 2);
    convolution_backward_data.primitive_desc backward =
        g.kernel(() -> inputGradientOf(g, dx.layout()), s.groupFilters());
    memory.desc wanted = backward.weights_desc();
    plan.step(
        backward,
        argument(DNNL_ARG_WEIGHTS, wanted, plan.reordered(1, g.plainWeight, wanted)),
        plan.read(DNNL_ARG_DIFF_DST, g.y, g.factor, 0),
        dx);
  }

  private convolution_backward_data.primitive_desc inputGradientOf(Geometry g, memory.desc dx) {
    return new convolution_backward_data.primitive_desc(
        context.cpu(),
        algorithm.convolution_direct,
        dx,
        g.anyWeight,
        g.yFactor,
        g.strides,
        g.dilations,
        g.padding,
        g.padding,
        forwardOf(g, false, null, g.y),
        context.attributes(),
        false);
  }

  void weightGradient(
      ConvolutionSize s,
      int n,
      NativeBuffer x,
      NativeBuffer dy,
      NativeBuffer dWeight,
      @Nullable NativeBuffer dBias) {
    Key key = new Key("convolution's weight gradient", s, n, dBias != null, null);
    if (dBias == null) {
      context.run(key, p -> planWeightGradient(p, s, n, false), x, dy, dWeight);
    } else {
      context.run(key, p -> planWeightGradient(p, s, n, true), x, dy, dWeight, dBias);
    }
  }

  private void planWeightGradient(Plan plan, ConvolutionSize s, int n, boolean biased) {
    Geometry g = new Geometry(s, n, context.precision());
    convolution_backward_weights.primitive_desc backward =
        g.kernel(() -> weightGradientOf(g, biased), Integer.MAX_VALUE);
    memory.desc given = backward.diff_weights_desc();
    Plan.Argument x = plan.read(DNNL_ARG_SRC, g.x, g.factor, 0);
    Plan.Argument dy = plan.read(DNNL_ARG_DIFF_DST, g.y, g.factor, 1);
    Plan.Argument dWeight =
        argument(DNNL_ARG_DIFF_WEIGHTS, given, plan.target(2, g.plainWeight, given));
    if (biased) {
      plan.step(
          backward, x, dy, dWeight, plan.written(DNNL_ARG_DIFF_BIAS, g.bias, data_type.f32, 3));
    } else {
      plan.step(backward, x, dy, dWeight);
    }
  }

  private convolution_backward_weights.primitive_desc weightGradientOf(Geometry g, boolean biased) {
    return biased
        ? new convolution_backward_weights.primitive_desc(
            context.cpu(),
            algorithm.convolution_direct,
            g.xFactor,
            g.anyGradient,
            g.bias,
            g.yFactor,
            g.strides,
            g.dilations,
            g.padding,
            g.padding,
            forwardOf(g, true, null, g.y),
            context.attributes(),
            false)
        : new convolution_backward_weights.primitive_desc(
            context.cpu(),
            algorithm.convolution_direct,
            g.xFactor,
            g.anyGradient,
            g.yFactor,
            g.strides,
            g.dilations,
            g.padding,
            g.padding,
            forwardOf(g, false, null, g.y),
            context.attributes(),
            false);
  }
}
